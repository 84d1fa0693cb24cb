"""The eight narrative reports of the sample: invented figures, real names of communes of Lạng Sơn and Hải Phòng, nobody's name.

The outlines and wordings differ on purpose. The defects are of the kind real reports have:

- Kỳ Lừa, quý II/2026: "đã giải quyết" 1.492 while its parts add up to 1.479 (the one error of the sample).
- Đồng Đăng, quý I/2026: the document is dated a year too early.
- Kiến Thụy, one year of two levels: assigned 42, present 37, "thiếu 04"; 98,2 % beside 92.48%.
- Vĩnh Bảo, quý I/2026: 1.089 of 1.096 printed as 99,3 %, which is cut off and not rounded.
"""

from __future__ import annotations

from sample.office import Table, make_docx, make_pdf

Block = str | Table

KY_LUA_Q1: list[Block] = [
    "ỦY BAN NHÂN DÂN",
    "PHƯỜNG KỲ LỪA",
    "Số: 118/BC-UBND",
    "Kỳ Lừa, ngày 17 tháng 3 năm 2026",
    "BÁO CÁO",
    "Kết quả công tác kiểm soát thủ tục hành chính, thực hiện cơ chế một cửa, một cửa liên thông quý I/2026",
    "Kính gửi: Ủy ban nhân dân tỉnh Lạng Sơn",
    "Kỳ báo cáo từ ngày 15/12/2025 đến ngày 14/3/2026.",
    "# I. CÔNG TÁC CHỈ ĐẠO, ĐIỀU HÀNH",
    "Ủy ban nhân dân phường đã ban hành kế hoạch kiểm soát thủ tục hành chính năm 2026 và phân công đầu mối tại các phòng chuyên môn.",
    "# II. KẾT QUẢ THỰC HIỆN",
    "## 1. Danh mục thủ tục hành chính",
    "- Tổng số TTHC thuộc thẩm quyền giải quyết: 402 TTHC, trong đó dịch vụ công trực tuyến toàn trình 126 TTHC, một phần 276 TTHC.",
    "## 2. Tiếp nhận, xử lý phản ánh, kiến nghị",
    "- Số phản ánh, kiến nghị tiếp nhận trong kỳ: 03; đã xử lý: 03.",
    "## 3. Tình hình, kết quả giải quyết TTHC",
    "- Tổng số hồ sơ TTHC đã tiếp nhận trong kỳ: 1.412 hồ sơ (tiếp nhận trực tuyến 1.268 hồ sơ, tiếp nhận trực tiếp 131 hồ sơ, "
    "qua dịch vụ bưu chính công ích 13 hồ sơ).",
    "- Hồ sơ từ kỳ trước chuyển qua: 57 hồ sơ.",
    "- Tổng số hồ sơ đã giải quyết: 1.371 hồ sơ (giải quyết trước hạn: 1.298 hồ sơ; đúng hạn: 64 hồ sơ; quá hạn: 09 hồ sơ).",
    "- Tổng số hồ sơ đang giải quyết: 62 hồ sơ (trong hạn: 60 hồ sơ; quá hạn: 02 hồ sơ).",
    "- Số hồ sơ công dân xin rút: 11 hồ sơ.",
    "- Số hồ sơ không đủ điều kiện, trả lại: 25 hồ sơ.",
    "- Tỷ lệ hồ sơ giải quyết trước hạn và đúng hạn đạt 99,3%.",
    "# III. PHƯƠNG HƯỚNG, NHIỆM VỤ",
    "Tiếp tục hướng dẫn người dân nộp hồ sơ trực tuyến; phấn đấu tỷ lệ hồ sơ trực tuyến đạt 95%.",
    "Nơi nhận: UBND tỉnh; Lưu: VT.",
]

KY_LUA_Q2: list[Block] = [
    "ỦY BAN NHÂN DÂN",
    "PHƯỜNG KỲ LỪA",
    "Số: 241/BC-UBND",
    "Kỳ Lừa, ngày 16 tháng 6 năm 2026",
    "BÁO CÁO",
    "Kết quả công tác kiểm soát thủ tục hành chính, thực hiện cơ chế một cửa, một cửa liên thông quý II/2026",
    "Kính gửi: Ủy ban nhân dân tỉnh Lạng Sơn",
    "Kỳ báo cáo từ ngày 15/3/2026 đến ngày 14/6/2026.",
    "# I. KẾT QUẢ THỰC HIỆN",
    "## 1. Danh mục thủ tục hành chính",
    "- Tổng số TTHC thuộc thẩm quyền giải quyết: 405 TTHC, trong đó dịch vụ công trực tuyến toàn trình 131 TTHC, một phần 274 TTHC.",
    "## 2. Tình hình, kết quả giải quyết TTHC",
    "- Tổng số hồ sơ TTHC đã tiếp nhận trong kỳ: 1.530 hồ sơ (tiếp nhận trực tuyến 1.455 hồ sơ, tiếp nhận trực tiếp 68 hồ sơ, "
    "qua dịch vụ bưu chính công ích 07 hồ sơ).",
    "- Hồ sơ từ kỳ trước chuyển qua: 62 hồ sơ.",
    "- Tổng số hồ sơ đã giải quyết: 1.492 hồ sơ (giải quyết trước hạn: 1.401 hồ sơ; đúng hạn: 66 hồ sơ; quá hạn: 12 hồ sơ).",
    "- Tổng số hồ sơ đang giải quyết: 71 hồ sơ (trong hạn: 68 hồ sơ; quá hạn: 03 hồ sơ).",
    "- Số hồ sơ công dân xin rút: 14 hồ sơ.",
    "- Số hồ sơ không đủ điều kiện, trả lại: 28 hồ sơ.",
    "# II. KHÓ KHĂN, VƯỚNG MẮC",
    "Một số hồ sơ đất đai phải xác minh thực địa nên kéo dài thời gian giải quyết.",
    "Nơi nhận: UBND tỉnh; Lưu: VT.",
]

DONG_DANG_Q1: list[str] = [
    "ỦY BAN NHÂN DÂN",
    "XÃ ĐỒNG ĐĂNG",
    "Số: 64/BC-UBND",
    "Đồng Đăng, ngày 17 tháng 3 năm 2025",
    "",
    "BÁO CÁO",
    "Công tác kiểm soát thủ tục hành chính quý I năm 2026",
    "",
    "Kính gửi: Văn phòng UBND tỉnh Lạng Sơn.",
    "",
    "I. TÌNH HÌNH GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
    "1. Tổng số hồ sơ tiếp nhận là 846 hồ sơ, trong đó: số mới tiếp nhận trong kỳ 829 hồ sơ (trực tuyến 795 hồ sơ, trực tiếp 34 hồ sơ); "
    "số từ kỳ trước chuyển qua 17 hồ sơ.",
    "2. Số hồ sơ đã giải quyết: 818 hồ sơ, trong đó trước hạn 790 hồ sơ, đúng hạn 23 hồ sơ, quá hạn 05 hồ sơ.",
    "3. Số hồ sơ đang giải quyết: 28 hồ sơ, trong đó trong hạn 28 hồ sơ, quá hạn 0 hồ sơ.",
    "II. PHẢN ÁNH, KIẾN NGHỊ",
    "Trong kỳ không phát sinh phản ánh, kiến nghị về quy định hành chính.",
    "III. KIẾN NGHỊ, ĐỀ XUẤT",
    "Đề nghị đồng bộ dữ liệu giữa hệ thống của bộ, ngành và hệ thống của tỉnh để xã không phải nhập hai lần.",
]

DONG_DANG_Q2: list[str] = [
    "ỦY BAN NHÂN DÂN",
    "XÃ ĐỒNG ĐĂNG",
    "Số: 139/BC-UBND",
    "Đồng Đăng, ngày 15 tháng 6 năm 2026",
    "",
    "BÁO CÁO",
    "Công tác kiểm soát thủ tục hành chính quý II năm 2026",
    "(Số liệu từ ngày 15/3/2026 đến ngày 14/6/2026)",
    "",
    "Kính gửi: Văn phòng UBND tỉnh Lạng Sơn.",
    "",
    "I. TÌNH HÌNH GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
    "",
    "1. Tổng số hồ sơ tiếp nhận là 903 hồ sơ, trong đó: số mới tiếp nhận trong kỳ 875 hồ sơ (trực tuyến 861 hồ sơ, trực tiếp 14 hồ sơ); "
    "số từ kỳ trước chuyển qua 28 hồ sơ.",
    "2. Số hồ sơ đã giải quyết: 871 hồ sơ, trong đó trước hạn, đúng hạn 866 hồ sơ, quá hạn 05 hồ sơ.",
    "3. Số hồ sơ đang giải quyết: 32 hồ sơ, trong đó trong hạn 31 hồ sơ, quá hạn 01 hồ sơ.",
    "",
    "II. PHẢN ÁNH, KIẾN NGHỊ",
    "",
    "Tiếp nhận 02 phản ánh, kiến nghị; đã xử lý 02 phản ánh, kiến nghị.",
]

LE_CHAN_Q2: list[str] = [
    "ỦY BAN NHÂN DÂN",
    "PHƯỜNG LÊ CHÂN",
    "Số: 377/BC-UBND",
    "Lê Chân, ngày 16 tháng 6 năm 2026",
    "",
    "BÁO CÁO",
    "Kết quả kiểm soát thủ tục hành chính quý II/2026 (từ ngày 15/3/2026 đến ngày 14/6/2026)",
    "",
    "Kính gửi: UBND thành phố Hải Phòng",
    "",
    "I. KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
    "- Tổng số hồ sơ đã tiếp nhận: 3.215 hồ sơ, gồm trực tuyến 3.109 hồ sơ, trực tiếp 98 hồ sơ, bưu chính công ích 08 hồ sơ.",
    "- Hồ sơ kỳ trước chuyển sang: 96 hồ sơ.",
    "- Đã giải quyết: 3.204 hồ sơ, gồm trước hạn 3.118 hồ sơ, đúng hạn 61 hồ sơ, quá hạn 25 hồ sơ; tỷ lệ trước hạn và đúng hạn đạt 99,2%.",
    "- Đang giải quyết: 88 hồ sơ, gồm trong hạn 84 hồ sơ, quá hạn 04 hồ sơ.",
    "- Tạm dừng chờ bổ sung: 19 hồ sơ.",
    "II. SỐ HÓA HỒ SƠ",
    "Trong kỳ đã số hóa kết quả giải quyết 3.051 hồ sơ.",
    "III. ĐÁNH GIÁ SỰ HÀI LÒNG",
    "Có 448 lượt đánh giá; tỷ lệ hài lòng đạt 98,2%.",
]

KIEN_THUY_YEAR: list[Block] = [
    "ỦY BAN NHÂN DÂN",
    "XÃ KIẾN THỤY",
    "Số: 205/BC-UBND",
    "Kiến Thụy, ngày 04 tháng 6 năm 2026",
    "BÁO CÁO",
    "Kết quả 01 năm vận hành mô hình chính quyền địa phương 02 cấp",
    "Kính gửi: Sở Nội vụ thành phố Hải Phòng",
    "# I. TỔ CHỨC BỘ MÁY, BIÊN CHẾ",
    "- Biên chế cán bộ, công chức được thành phố tạm giao năm 2026: 42 biên chế.",
    "- Cán bộ, công chức hiện có mặt đến ngày 31/5/2026: 37 người.",
    "- Hiện còn thiếu 04 biên chế so với chỉ tiêu được giao.",
    "- Khối sự nghiệp giáo dục: được giao 214 biên chế viên chức, hiện có 209 người, còn thiếu 05 biên chế.",
    "# II. CẢI CÁCH THỦ TỤC HÀNH CHÍNH",
    "Từ ngày 01/7/2025 đến ngày 31/5/2026, xã tiếp nhận 9.120 hồ sơ. Tỷ lệ hồ sơ trực tuyến đạt 92.48%; tỷ lệ người dân hài lòng đạt 98,2 %.",
    "# III. KHÓ KHĂN",
    "Chưa có công chức chuyên trách công nghệ thông tin; đề nghị thành phố xem xét bổ sung biên chế.",
]

VINH_BAO_Q1: list[str] = [
    "UỶ BAN NHÂN DÂN",
    "XÃ VĨNH BẢO",
    "Số: 87/BC-UBND",
    "Vĩnh Bảo, ngày 18 tháng 3 năm 2026",
    "",
    "BÁO CÁO",
    "Tình hình kiểm soát thủ tục hành chính quý I/2026",
    "Kỳ báo cáo: từ ngày 15/12/2025 đến ngày 14/3/2026",
    "",
    "Kính gửi: UBND thành phố Hải Phòng",
    "",
    "1. Tiếp nhận hồ sơ",
    "Trong kỳ xã tiếp nhận 1.118 hồ sơ, trong đó có 1.001 hồ sơ nộp trực tuyến và 117 hồ sơ nộp trực tiếp. Hồ sơ tồn kỳ trước chuyển sang là 22 hồ sơ.",
    "",
    "2. Giải quyết hồ sơ",
    "Đã giải quyết 1.096 hồ sơ: trước hạn 1.071 hồ sơ, đúng hạn 18 hồ sơ, quá hạn 07 hồ sơ. Tỷ lệ hồ sơ giải quyết trước hạn và đúng hạn đạt 99,3%.",
    "Đang giải quyết 44 hồ sơ, tất cả còn trong hạn.",
]

DONG_KINH_STAFF: list[Block] = [
    "ỦY BAN NHÂN DÂN",
    "PHƯỜNG ĐÔNG KINH",
    "Số: 152/BC-UBND",
    "Đông Kinh, ngày 10 tháng 4 năm 2026",
    "BÁO CÁO",
    "Tình hình quản lý, sử dụng biên chế quý I năm 2026",
    "Kính gửi: Sở Nội vụ tỉnh Lạng Sơn",
    "# 1. Khối chính quyền",
    "Biên chế cán bộ, công chức khối chính quyền được giao 58 biên chế; hiện có mặt 52 người; còn thiếu 06 biên chế (số liệu đến ngày 31/3/2026).",
    "Trong quý khối chính quyền giảm 03 người (01 người nghỉ hưu đúng tuổi, 02 người chuyển công tác về sở), tuyển dụng mới 01 công chức.",
    "# 2. Các khối khác",
    "Người hoạt động không chuyên trách: 09 người.",
    "Số liệu theo khối được tổng hợp trong bảng sau:",
    [
        ["Khối", "Được giao", "Hiện có", "Còn thiếu"],
        ["Giáo dục", "198", "191", "7"],
        ["Y tế", "24", "22", "2"],
    ],
    "# 3. Đề xuất",
    "Đề nghị cho phép tuyển dụng đủ số biên chế giáo dục trước năm học mới.",
]


def inbox() -> dict[str, bytes]:
    """File name -> body of every narrative report."""
    return {
        "ky-lua-kiem-soat-tthc-quy-1-2026.docx": make_docx(KY_LUA_Q1),
        "ky-lua-kiem-soat-tthc-quy-2-2026.docx": make_docx(KY_LUA_Q2),
        "dong-dang-kiem-soat-tthc-quy-1-2026.pdf": make_pdf(DONG_DANG_Q1),
        "dong-dang-kiem-soat-tthc-quy-2-2026.txt": _text(DONG_DANG_Q2),
        "le-chan-kiem-soat-tthc-quy-2-2026.pdf": make_pdf(LE_CHAN_Q2),
        "kien-thuy-01-nam-hai-cap.docx": make_docx(KIEN_THUY_YEAR),
        "vinh-bao-kiem-soat-tthc-quy-1-2026.txt": _text(VINH_BAO_Q1),
        "dong-kinh-bien-che-quy-1-2026.docx": make_docx(DONG_KINH_STAFF),
    }


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()

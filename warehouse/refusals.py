"""Why a file was not read, in the words of the officer who sent it: what is wrong and what to do. Shell, page, mail and log say the same.

The reader's own message (English, with place and limit) is the operator's and stands behind these words.
"""

from __future__ import annotations

REFUSALS_VI = {
    "empty": "Tệp rỗng, không có nội dung. Đề nghị kiểm tra tệp gốc rồi gửi lại.",
    "encrypted": "Tệp có mật khẩu nên không mở được. Đề nghị bỏ mật khẩu (trong Word: Tệp > Thông tin > Bảo vệ tài liệu) rồi gửi lại.",
    "wrong-type": "Tệp không phải docx, pdf hoặc txt dù mang tên gì: có thể là ảnh chụp, bản doc cũ, bảng tính hoặc tệp nén. Đề nghị gửi tệp Word lưu dạng docx, hoặc bản quét lưu dạng pdf.",
    "corrupt": "Tệp bị hỏng hoặc bị cắt trên đường gửi. Đề nghị mở bản gốc, lưu lại thành tệp mới rồi gửi lại.",
    "too-large": "Tệp quá lớn so với một báo cáo. Đề nghị bỏ hình ảnh và phụ lục, gửi riêng phần báo cáo.",
    "too-many-pages": "Tệp có quá nhiều trang so với một báo cáo. Đề nghị bỏ phụ lục, gửi riêng phần báo cáo.",
    "needs-ocr": "Tệp là bản quét, máy này chưa có bộ nhận dạng chữ nên chưa đọc được. Đề nghị gửi tệp Word gốc hoặc pdf có chữ.",
    "no-text": "Tệp không có chữ nào đọc được, chỉ có hình hoặc trang trống. Đề nghị gửi tệp Word gốc hoặc pdf có chữ.",
    "timeout": "Đọc tệp quá lâu nên đã dừng. Đề nghị bỏ hình ảnh, phụ lục rồi gửi lại; nếu là bản quét thì gửi tệp Word gốc.",
    "memory": "Tệp cần quá nhiều bộ nhớ nên đã dừng đọc. Đề nghị bỏ hình ảnh, phụ lục rồi gửi lại.",
    "form-unreadable": "Tệp bảng tính bị hỏng, có mật khẩu hoặc không phải xlsx. Đề nghị mở bằng Excel, lưu lại thành xlsx không có mật khẩu rồi gửi lại.",
    "form-unexpected": "Biểu mẫu không đúng cấu trúc đã quy định. Đề nghị sửa theo mẫu rồi gửi lại.",
}
"""By the stable word of `warehouse.model.Unread.reason`."""


def refusal_vi(reason: str) -> str:
    """Two sentences for the officer: what is wrong with the file, and the remedy."""
    return REFUSALS_VI.get(reason, "Tệp không đọc được. Đề nghị lưu lại thành docx hoặc pdf có chữ rồi gửi lại.")

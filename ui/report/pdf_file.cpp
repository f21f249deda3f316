// See pdf_file.hpp.
#include "ui/report/pdf_file.hpp"

#include <fmt/format.h>

#include <QPageSize>
#include <QPdfWriter>
#include <QSaveFile>

namespace heeldrop::report {

void write_pdf(const QString& path, const QString& title, const std::function<void(Sheet&)>& draw) {
    QSaveFile file(path);
    const auto refuse = [&] {
        return WriteError(
            fmt::format("{} cannot be written: {}", path.toStdString(), file.errorString().toStdString()));
    };
    if (!file.open(QIODevice::WriteOnly))
        throw refuse();
    QPdfWriter writer(&file);
    writer.setPageSize(QPageSize(QPageSize::A4));
    writer.setPageMargins(QMarginsF());
    writer.setResolution(static_cast<int>(Sheet::pixels_per_mm * 25.4));
    writer.setTitle(title);
    writer.setCreator(QStringLiteral("heeldrop-report"));
    QPainter painter(&writer);
    if (!painter.isActive())
        throw refuse();
    Sheet sheet(painter);
    draw(sheet);
    painter.end();
    if (!file.commit())
        throw refuse();
}

}  // namespace heeldrop::report

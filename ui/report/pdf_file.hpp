// A page as a PDF file: whole or not at all. It must not know what is drawn.
#pragma once

#include <QString>
#include <functional>
#include <stdexcept>

#include "ui/report/sheet.hpp"

namespace heeldrop::report {

/// what() is one line: which file and why.
class WriteError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One page of A4, fonts embedded. The file appears, or is replaced, once all of it is written. Needs a
/// QGuiApplication, and its thread. Throws WriteError; what `draw` throws passes, and leaves no file.
void write_pdf(const QString& path, const QString& title, const std::function<void(Sheet&)>& draw);

}  // namespace heeldrop::report

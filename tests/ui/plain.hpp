// A text for the screen as tests write it.
#pragma once

#include <QString>
#include <string>

/// Plain spaces for the no-break ones.
inline std::string plain(QString text) {
    return text.replace(QChar(0x00a0), QLatin1Char(' ')).toStdString();
}

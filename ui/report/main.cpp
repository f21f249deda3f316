// heeldrop-report: reads its command line and writes the page it asks for.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <QFile>
#include <QFontInfo>
#include <QGuiApplication>

#include "calibration/lib/station_key.hpp"
#include "ui/report/certificate_page.hpp"
#include "ui/report/pdf_file.hpp"

namespace {

using namespace heeldrop;

constexpr int done = 0, failure = 1, usage = 2, bad_certificate = 3, another_station = 4;

int complain(int code, const std::string& words) {
    fmt::print(stderr, "heeldrop-report: {}\n", words);
    return code;
}

/// At most what a certificate may have, and one byte more.
std::optional<std::string> text_of(const std::string& path) {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return file.read(static_cast<qint64>(calibration::longest_certificate) + 1).toStdString();
}

int certificate(const std::string& file, const std::string& out, const std::optional<std::string>& station_key) {
    const auto text = text_of(file);
    if (!text)
        return complain(usage, fmt::format("{}: cannot be read", file));
    try {
        const auto key = station_key ? std::optional(calibration::public_key_named(*station_key)) : std::nullopt;
        const calibration::Verification verified = calibration::verify(*text, key);
        if (verified.own == false)
            return complain(another_station,
                            fmt::format("{}: it is signed by another station's key ({}), so no page was made", file,
                                        calibration::fingerprint(verified.opened.key)));
        if (!verified.recomputed())
            return complain(
                bad_certificate,
                fmt::format("{}: {} is not what its own readings give ({} stated, {} recomputed), so no page was "
                            "made; calibrate again",
                            file, verified.differences.front().where, verified.differences.front().stated,
                            verified.differences.front().recomputed));
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        const auto title =
            QStringLiteral("Calibration certificate ") + QString::fromStdString(verified.opened.certificate.of.id);
        report::write_pdf(QString::fromStdString(out), title,
                          [&](report::Sheet& sheet) { report::draw_certificate(sheet, verified, now); });
        return done;
    } catch (const calibration::KeyError& error) {
        return complain(usage, error.what());
    } catch (const calibration::CertificateError& error) {
        return complain(bad_certificate, fmt::format("{}: {}", file, error.what()));
    } catch (const report::WriteError& error) {
        return complain(failure, error.what());
    }
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"heeldrop-report: pages for the wall and the file, as PDF. Needs neither daemon nor display."};
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done; 1 the page cannot be written; 2 wrong usage, or a file that cannot be read. There is no "
        "page "
        "with 3: no certificate, or one that was altered or does not follow from its readings; nor with 4: one signed "
        "by "
        "another station's key.");
    std::string file, out;
    std::optional<std::string> station_key;
    auto* page = app.add_subcommand(
        "certificate",
        "a calibration's certificate on one page of A4: verdict, checks, uncertainty, pictures, signature");
    page->add_option("file", file, "the certificate, as exported")->required();
    page->add_option("-o,--output", out, "the PDF; replaced if it is there")->required()->type_name("OUT.pdf");
    page->add_option(
        "--station-key", station_key,
        "the station's public key, station-key.pub of its data folder or 64 hexadecimal digits: a page only "
        "of what this station signed");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0)
            return app.exit(error);
        return complain(usage, fmt::format("{} (see --help)", error.what()));
    }
    // A page has no use for a display, and none for what Qt says of the session it is not in.
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& words) {
        if (type == QtCriticalMsg || type == QtFatalMsg)
            complain(failure, words.toStdString());
    });
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication application(argc, argv);
    if (QFontInfo(QFont(QStringLiteral("Inter"))).family() != QStringLiteral("Inter"))
        return complain(failure, "the font Inter is not installed; install fonts-inter");
    return certificate(file, out, station_key);
}

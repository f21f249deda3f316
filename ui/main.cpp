// heeldrop-kiosk: puts the parts together. Options in, a window out; what the window shows, Station and the pages know.
#include <CLI/CLI.hpp>
#include <QFont>
#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QScreen>
#include <QTimer>
#include <QtQml/QQmlExtensionPlugin>
#include <cstdio>
#include <memory>
#include <regex>

#include "ui/models/daemon_link.hpp"
#include "ui/models/station.hpp"
#include "ui/pictures/picture_taker.hpp"

Q_IMPORT_QML_PLUGIN(Heeldrop_KioskPlugin)

namespace {

struct Options {
    std::optional<std::filesystem::path> socket;
    std::optional<QSize> window;  ///< absent: the whole screen
    std::string pictures;
    bool exit_after_results = false;
    double timeout_s = 600;
};

constexpr int failure = 1;

/// Throws CLI::ParseError as CLI11 does, also for --help.
Options options_from(CLI::App& app, int argc, char** argv) {
    std::string socket;
    std::string window;
    bool fullscreen = false;
    Options options;
    app.add_option("--socket", socket, "The daemon's socket (else $HEELDROP_SOCKET, the user's, the system's)");
    auto* full = app.add_flag("--fullscreen", fullscreen, "Fill the screen (the default)");
    auto* size = app.add_option("--window", window, "A window, of this size if given")
                     ->type_name("WIDTHxHEIGHT")
                     ->expected(0, 1)
                     ->default_str("1280x800")
                     ->excludes(full)
                     ->check([](const std::string& text) {
                         return std::regex_match(text, std::regex("[1-9][0-9]{2,4}x[1-9][0-9]{2,4}"))
                                    ? std::string()
                                    : "a window's size is WIDTHxHEIGHT, such as 1280x800, not " + text;
                     });
    app.add_option("--pictures", options.pictures, "Write pictures and their texts (texts.json) into this folder")
        ->type_name("DIR");
    app.add_flag("--exit-after-results", options.exit_after_results,
                 "Leave once the results of a session have been shown");
    app.add_option("--timeout", options.timeout_s, "With --exit-after-results: give up after so many seconds")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.parse(argc, argv);
    if (!socket.empty())
        options.socket = socket;
    if (size->count() > 0) {
        const auto cross = window.find('x');
        options.window = cross == std::string::npos
                             ? QSize(1280, 800)
                             : QSize(std::stoi(window.substr(0, cross)), std::stoi(window.substr(cross + 1)));
    }
    return options;
}

[[noreturn]] void give_up(const QString& message) {
    std::fprintf(stderr, "heeldrop-kiosk: %s\n", qUtf8Printable(message));
    std::exit(failure);
}

int run(const Options& options, int argc, char** argv) {
    QSurfaceFormat format = QSurfaceFormat::defaultFormat();
    format.setSamples(4);  // the curve's slopes are smooth
    QSurfaceFormat::setDefaultFormat(format);
    QGuiApplication application(argc, argv);
    QGuiApplication::setApplicationName(QStringLiteral("heeldrop-kiosk"));
    QGuiApplication::setFont(QFont(QStringLiteral("Inter")));

    heeldrop::ui::DaemonLink link(options.socket);
    heeldrop::ui::Station station(link);
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral("qrc:/"));
    engine.setInitialProperties({{QStringLiteral("station"), QVariant::fromValue(&station)}});
    engine.load(QUrl(QStringLiteral("qrc:/Heeldrop/Kiosk/pages/Main.qml")));
    auto* window = engine.rootObjects().isEmpty() ? nullptr : qobject_cast<QQuickWindow*>(engine.rootObjects().front());
    if (window == nullptr)
        give_up(QStringLiteral("its pages cannot be loaded; install it again."));

    std::unique_ptr<heeldrop::ui::PictureTaker> pictures;
    if (!options.pictures.empty()) {
        pictures = std::make_unique<heeldrop::ui::PictureTaker>(QString::fromStdString(options.pictures), *window,
                                                                station, link);
        QObject::connect(pictures.get(), &heeldrop::ui::PictureTaker::failed, &application,
                         [](const QString& message) { give_up(message); });
    }
    if (options.exit_after_results) {
        // A frame that was swapped with the results complete has been on the screen.
        QObject::connect(window, &QQuickWindow::frameSwapped, &application, [&] {
            if (station.page() == QLatin1String("results") && station.results()->complete() &&
                (!pictures || pictures->has_results()))
                QCoreApplication::exit(0);
        });
        if (pictures)
            QObject::connect(pictures.get(), &heeldrop::ui::PictureTaker::resultsTaken, window, &QQuickWindow::update);
        QTimer::singleShot(
            std::chrono::milliseconds(static_cast<long long>(options.timeout_s * 1000)), &application, [&] {
                const QString reason = station.condition() == QLatin1String("ready")
                                           ? QStringLiteral("no session came to its results")
                                           : station.title() + QStringLiteral(": ") + station.explanation();
                give_up(QStringLiteral("no results within %1 s: %2").arg(options.timeout_s).arg(reason));
            });
    }
    if (options.window) {
        window->resize(*options.window);
        window->show();
    } else {
        // A kiosk may run without a window manager, and then nobody else gives the window its size.
        window->setGeometry(window->screen()->geometry());
        window->showFullScreen();
    }
    link.start();
    return QGuiApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The kiosk of a Heeldrop station: patients follow a session and see its results."};
    Options options;
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("heeldrop-kiosk: ") + error.what() + " (see --help)\n";
    });
    try {
        options = options_from(app, argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    try {
        return run(options, argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "heeldrop-kiosk: %s\n", error.what());
        return failure;
    }
}

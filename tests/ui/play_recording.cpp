// heeldrop-play-recording RECORDING SOCKET [BLOCK]: the kiosk's development without a daemon: plays recorded lines at a
// socket, and BLOCK (such as session_start) to every client without being asked.
#include <QCoreApplication>
#include <cstdio>
#include <exception>

#include "tests/ui/recorded_daemon.hpp"

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    if (argc != 3 && argc != 4) {
        std::fprintf(stderr, "Usage: heeldrop-play-recording RECORDING SOCKET [BLOCK]\n");
        return 2;
    }
    try {
        heeldrop::test::RecordedDaemon daemon(QString::fromLocal8Bit(argv[1]), QString::fromLocal8Bit(argv[2]),
                                              heeldrop::test::RecordedDaemon::Pace::as_recorded);
        if (argc == 4)
            daemon.play_unasked(QString::fromLocal8Bit(argv[3]));
        return QCoreApplication::exec();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "heeldrop-play-recording: %s\n", error.what());
        return 1;
    }
}

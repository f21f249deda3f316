#include "tests/ui/played_kiosk.hpp"

#include <QDir>
#include <QTest>
#include <QtQml/QQmlExtensionPlugin>
#include <stdexcept>

#include "ui/pictures/item_texts.hpp"

Q_IMPORT_QML_PLUGIN(Heeldrop_KioskPlugin)

namespace heeldrop::test {
namespace {

constexpr int deadline_ms = 60000;  // a bound for a stuck test, not a measure

}  // namespace

PlayedDaemon::PlayedDaemon(const QString& recording, const QString& socket) {
    thread_.start();
    QObject context;
    context.moveToThread(&thread_);
    QMetaObject::invokeMethod(
        &context,
        [&] {
            daemon_ = std::make_unique<RecordedDaemon>(QStringLiteral(HEELDROP_RECORDED) + QLatin1Char('/') + recording,
                                                       socket, RecordedDaemon::Pace::in_steps);
            context.moveToThread(nullptr);
        },
        Qt::BlockingQueuedConnection);
}

PlayedDaemon::~PlayedDaemon() {
    QMetaObject::invokeMethod(
        daemon_.get(), [this] { daemon_.release()->deleteLater(); }, Qt::BlockingQueuedConnection);
    thread_.quit();
    thread_.wait();
}

QString PlayedDaemon::paused_at() {
    QString at;
    in_thread([&] { at = daemon_->paused_at(); });
    return at;
}

void PlayedDaemon::go_on() {
    in_thread([&] { daemon_->go_on(); });
}

void PlayedDaemon::say(const QByteArray& line) {
    in_thread([&] { daemon_->say(line); });
}

void PlayedDaemon::leave() {
    in_thread([&] { daemon_->leave(); });
}

QList<QByteArray> PlayedDaemon::requests() {
    QList<QByteArray> list;
    in_thread([&] { list = daemon_->requests(); });
    return list;
}

PlayedKiosk::PlayedKiosk(const QString& recording, QSize size) {
    if (!recording.isEmpty())
        start_daemon(recording);
    link_ = std::make_unique<ui::DaemonLink>(std::filesystem::path(socket().toStdString()));
    station_ = std::make_unique<ui::Station>(*link_);
    engine_ = std::make_unique<QQmlApplicationEngine>();
    engine_->addImportPath(QStringLiteral("qrc:/"));
    engine_->setInitialProperties({{QStringLiteral("station"), QVariant::fromValue(station_.get())}});
    engine_->load(QUrl(QStringLiteral("qrc:/Heeldrop/Kiosk/pages/Main.qml")));
    if (engine_->rootObjects().isEmpty())
        throw std::runtime_error("The kiosk's pages cannot be loaded.");
    window_ = qobject_cast<QQuickWindow*>(engine_->rootObjects().front());
    window_->resize(size);
    window_->show();
    if (!QTest::qWaitForWindowExposed(window_, deadline_ms))
        throw std::runtime_error("The kiosk's window does not come up; is there a display?");
    link_->start();
}

PlayedKiosk::~PlayedKiosk() {
    // The pages bind to the station: they go first.
    engine_.reset();
}

void PlayedKiosk::start_daemon(const QString& recording) {
    daemon_ = std::make_unique<PlayedDaemon>(recording, socket());
}

bool PlayedKiosk::comes_true(const std::function<bool()>& condition) {
    return QTest::qWaitFor(condition, deadline_ms);
}

bool PlayedKiosk::comes_to(const QString& page) {
    return comes_true([&] { return station_->page() == page; });
}

bool PlayedKiosk::play_to(const QString& pause) {
    while (comes_true([&] { return !daemon_->paused_at().isEmpty(); }) && daemon_->paused_at() != pause)
        daemon_->go_on();
    // A line of our own behind the last one: when it has come, all before it has.
    const std::string mark = "test-mark-" + std::to_string(++marker_);
    bool seen = false;
    const auto connection = QObject::connect(link_.get(), &ui::DaemonLink::line, [&](const nlohmann::json& line) {
        seen = seen || line.value("class", "") == mark;
    });
    daemon_->say(QByteArray::fromStdString("{\"class\":\"" + mark + "\"}"));
    const bool came = comes_true([&] { return seen; });
    QObject::disconnect(connection);
    return came && daemon_->paused_at() == pause;
}

void PlayedKiosk::settle() {
    // A layout in a layout gets its width in one frame and its wrapped height in the next.
    for (int frame = 0; frame < 3; ++frame)
        window_->grabWindow();
}

QQuickItem* PlayedKiosk::item(const QString& name) {
    QQuickItem* found = ui::item_named(*window_->contentItem(), name);
    if (found == nullptr)
        throw std::runtime_error("No item is named " + name.toStdString() + ".");
    return found;
}

std::string PlayedKiosk::text(const QString& name) {
    return ui::visible_texts(*window_->contentItem())
        .value(name)
        .toString()
        .replace(QChar(0x00a0), QLatin1Char(' '))
        .toStdString();
}

void PlayedKiosk::tap(const QString& name) {
    settle();
    QQuickItem* target = item(name);
    const QPointF middle = target->mapToScene(QPointF(target->width() / 2, target->height() / 2));
    QTest::mouseClick(window_, Qt::LeftButton, {}, middle.toPoint());
}

}  // namespace heeldrop::test

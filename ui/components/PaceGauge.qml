// The way down, from heels high to heels low: the ring is the guide to follow, the disc is the patient.
import QtQuick
import Heeldrop.Kiosk

Item {
    id: gauge
    property bool active: false
    property real guide: 0
    property bool ownKnown: false
    property real own: 0
    property color ownColor: Theme.accent
    readonly property real way: height - ring.height

    implicitWidth: Theme.touch * 1.5

    Rectangle {
        anchors.horizontalCenter: parent.horizontalCenter
        width: Theme.gap * 2
        height: parent.height
        radius: width / 2
        color: Theme.track
    }
    Rectangle {
        id: ring
        objectName: "paceGuide"
        anchors.horizontalCenter: parent.horizontalCenter
        y: gauge.way * gauge.guide
        width: Theme.touch
        height: Theme.touch
        radius: width / 2
        color: Theme.surface
        border.color: gauge.active ? Theme.ink : Theme.outline
        border.width: Theme.line * 3
    }
    Rectangle {
        objectName: "paceOwn"
        visible: gauge.ownKnown
        anchors.horizontalCenter: parent.horizontalCenter
        y: gauge.way * gauge.own + (ring.height - height) / 2
        width: Theme.mark
        height: Theme.mark
        radius: width / 2
        color: gauge.ownColor
    }
}

// The load on one leg: its share as a rising bar with the figure above it, the force below.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

ColumnLayout {
    id: leg
    property string name
    property color legColor
    property real share: 0
    property string shareText
    property string forceText
    property bool aiming: false
    property real aim: 0
    property string aimText
    spacing: Theme.gap

    Words {
        text: leg.name
        color: leg.legColor
        font.weight: Font.DemiBold
        Layout.alignment: Qt.AlignHCenter
    }
    Words {
        objectName: leg.objectName + "Share"
        text: leg.shareText
        font.pixelSize: Theme.title
        font.weight: Font.Bold
        Layout.alignment: Qt.AlignHCenter
    }
    Rectangle {
        id: track
        color: Theme.track
        radius: Theme.gap
        Layout.fillHeight: true
        Layout.preferredWidth: Theme.touch * 1.5
        Layout.alignment: Qt.AlignHCenter
        Rectangle {
            objectName: leg.objectName + "Bar"
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            height: parent.height * leg.share
            radius: Math.min(Theme.gap, height / 2)
            color: leg.legColor
        }
        Rectangle {
            visible: leg.aiming
            y: track.height * (1 - leg.aim) - height / 2
            x: -Theme.gap
            width: track.width + 2 * Theme.gap
            height: Theme.line * 2
            color: Theme.ink
        }
    }
    Words {
        objectName: leg.objectName + "Force"
        text: leg.forceText
        font.weight: Font.DemiBold
        Layout.alignment: Qt.AlignHCenter
    }
    Words {
        text: leg.aimText
        opacity: leg.aiming ? 1 : 0
        font.pixelSize: Theme.small
        color: Theme.quietInk
        Layout.alignment: Qt.AlignHCenter
    }
}

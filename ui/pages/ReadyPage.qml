// Before a session: what is missing and what to do about it, or the choice of leg and dose, and Start.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

Item {
    id: page
    objectName: "readyPage"
    required property Station station
    readonly property bool usable: station.condition === "ready"

    Words {
        anchors { left: parent.left; top: parent.top; margins: Theme.margin * 1.5 }
        text: "Heeldrop"
        font.weight: Font.Bold
        font.pixelSize: Theme.large
        color: Theme.accent
    }
    Card {
        anchors.centerIn: parent
        width: Math.min(parent.width - 4 * Theme.margin, 900 * Theme.scale)
        height: content.implicitHeight + 4 * Theme.margin
        ColumnLayout {
            id: content
            anchors { fill: parent; margins: Theme.margin * 2 }
            spacing: Theme.margin
            Words {
                objectName: "stationTitle"
                text: page.station.title
                font.pixelSize: Theme.title
                font.weight: Font.Bold
                wrapMode: Text.WordWrap
                Layout.fillWidth: true
            }
            Words {
                objectName: "stationExplanation"
                text: page.station.explanation
                visible: text !== ""
                wrapMode: Text.Wrap
                Layout.fillWidth: true
            }
            Words {
                objectName: "stationRemedy"
                text: page.station.remedy
                visible: text !== ""
                font.weight: Font.DemiBold
                wrapMode: Text.WordWrap
                Layout.fillWidth: true
            }
            StartForm {
                visible: page.usable
                station: page.station
                Layout.fillWidth: true
            }
        }
    }
    ColumnLayout {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.margin * 1.5 }
        spacing: Theme.gap / 2
        Words {
            objectName: "stationWarning"
            text: page.station.warning
            visible: text !== ""
            font.pixelSize: Theme.small
            font.weight: Font.DemiBold
            wrapMode: Text.WordWrap
            horizontalAlignment: Text.AlignHCenter
            Layout.fillWidth: true
        }
        Words {
            text: "Not a medical device and no medical advice. Ask your physiotherapist."
            font.pixelSize: Theme.small
            color: Theme.quietInk
            horizontalAlignment: Text.AlignHCenter
            Layout.fillWidth: true
        }
    }
}

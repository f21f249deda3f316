// After "Stop, get help": the session is ended; the patient stays put until somebody has come.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

Rectangle {
    id: page
    objectName: "helpPage"
    required property Station station
    color: Theme.stop

    ColumnLayout {
        anchors.centerIn: parent
        width: parent.width - 6 * Theme.margin
        spacing: Theme.margin * 1.5
        Words {
            objectName: "helpTitle"
            text: "Stopped. Call staff now."
            font.pixelSize: Theme.huge
            font.weight: Font.Bold
            color: Theme.accentInk
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.WordWrap
            Layout.fillWidth: true
        }
        Words {
            objectName: "helpText"
            text: "Put both feet down and hold on. Do not go on by yourself."
            font.pixelSize: Theme.large
            color: Theme.accentInk
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.WordWrap
            Layout.fillWidth: true
        }
        ActionButton {
            objectName: "helpDoneButton"
            text: "Staff is here: go on"
            ground: Theme.surface
            ink: Theme.stop
            Layout.alignment: Qt.AlignHCenter
            onClicked: page.station.helpHasCome()
        }
    }
}

// A figure or word with what it means below it.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

ColumnLayout {
    id: lines
    property string first
    property string second
    property color ink: Theme.ink
    spacing: 0

    Words {
        text: lines.first
        color: lines.ink
        font.weight: Font.DemiBold
        wrapMode: Text.WordWrap
        Layout.fillWidth: true
    }
    Words {
        text: lines.second
        font.pixelSize: Theme.small
        color: Theme.quietInk
        wrapMode: Text.WordWrap
        Layout.fillWidth: true
    }
}

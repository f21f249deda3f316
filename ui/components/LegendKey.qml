// One entry of the curve's legend: a line for a leg, a block for a phase.
import QtQuick
import QtQuick.Layouts
import Heeldrop.Kiosk

RowLayout {
    id: key
    property color color
    property bool line: false
    property string text
    spacing: Theme.gap

    Rectangle {
        implicitWidth: Theme.margin
        implicitHeight: key.line ? Theme.line * 2 : Theme.small
        color: key.color
        border.color: key.line ? "transparent" : Theme.outline
        border.width: key.line ? 0 : Theme.line / 2
    }
    Words {
        text: key.text
        font.pixelSize: Theme.small
    }
}

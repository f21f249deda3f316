// A raised sheet that groups what belongs together.
import QtQuick
import Heeldrop.Kiosk

Rectangle {
    color: Theme.surface
    radius: Theme.radius
    border.color: Theme.outline
    border.width: Theme.line / 2
}

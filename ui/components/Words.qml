// All text of the kiosk: the theme's type, and never cut off without a sign.
import QtQuick
import Heeldrop.Kiosk

Text {
    font.family: Theme.family
    font.pixelSize: Theme.body
    color: Theme.ink
    textFormat: Text.PlainText
    elide: Text.ElideRight
    renderType: Text.QtRendering
}

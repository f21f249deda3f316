// The window and the page in it; which page that is, the station says.
import QtQuick
import Heeldrop.Kiosk

Window {
    id: window
    required property Station station
    title: "Heeldrop"
    color: Theme.ground
    minimumWidth: 800
    minimumHeight: 500

    Binding {
        target: Theme
        property: "scale"
        value: Math.min(window.width / 1280, window.height / 800)
    }
    Loader {
        id: pages
        objectName: "pages"
        anchors.fill: parent
        sourceComponent: ({ ready: ready, live: live, results: results, help: help })[window.station.page]
    }
    Component { id: ready; ReadyPage { station: window.station } }
    Component { id: live; LivePage { station: window.station; live: window.station.live } }
    Component { id: results; ResultsPage { station: window.station; results: window.station.results } }
    Component { id: help; HelpPage { station: window.station } }
}

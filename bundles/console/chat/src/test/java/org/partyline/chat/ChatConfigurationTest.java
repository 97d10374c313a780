package org.partyline.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.chat.model.Preferences.Signal;

/** Tests the settings of the screen. */
class ChatConfigurationTest {
    private static Set<Signal> signals(String text) {
        return ChatConfiguration.NOTIFY.in(Map.of("notify", text));
    }

    private static ZoneId zone(String text) {
        return ChatConfiguration.TIME_ZONE.in(Map.of("time-zone", text));
    }

    @Test
    void nothingIsAnnouncedAndTimesAreUtcUnlessItIsSet() {
        assertEquals(Set.of(), ChatConfiguration.NOTIFY.in(Map.of()));
        assertEquals(ZoneOffset.UTC, ChatConfiguration.TIME_ZONE.in(Map.of()));
    }

    @Test
    void severalSignalsAndAnyKnownZoneAreAllowed() {
        assertEquals(Set.of(Signal.BELL, Signal.TITLE, Signal.OSC777), signals("bell, title,osc777"));
        assertEquals(Set.of(), signals("none"));
        assertEquals(ZoneId.of("Asia/Tehran"), zone("Asia/Tehran"));
        assertEquals(ZoneId.systemDefault(), zone("local"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bell", "bell,", "bell title", "true", "none,bell"})
    void anotherSignalIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> signals(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Atlantis", "Europe", "+99"})
    void anotherZoneIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> zone(text));
    }
}

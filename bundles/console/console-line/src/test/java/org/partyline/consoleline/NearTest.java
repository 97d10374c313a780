package org.partyline.consoleline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearTest {
    private static final List<String> NAMES = List.of("send", "say", "read", "channel-list", "channel-join", "status");

    @Test
    void swappedMissingAndWrongLettersAreNear() {
        assertEquals(List.of("send"), Near.to("sned", NAMES));
        assertEquals(List.of("send"), Near.to("sen", NAMES));
        assertEquals(List.of("status"), Near.to("staus", NAMES));
        assertEquals(List.of("channel-join"), Near.to("chanel-jion", NAMES));
        assertEquals(List.of("count"), Near.to("countt", List.of("coattt", "count")));
    }

    @Test
    void partsInAnotherOrderAndBeginningsAreNear() {
        assertEquals(List.of("channel-list"), Near.to("list-channel", NAMES));
        assertEquals(List.of("channel-join", "channel-list"), Near.to("channel", NAMES));
    }

    @Test
    void aWordOfATextIsNearToNothing() {
        assertEquals(List.of(), Near.to("hello", NAMES));
        assertEquals(List.of(), Near.to("so", NAMES));
        assertEquals(List.of(), Near.to("", NAMES));
        assertEquals(List.of(), Near.to("🦉", NAMES));
    }

    @Test
    void theDistanceIsTheSameBothWays() {
        assertEquals(0, Near.distance("send", "send"));
        assertEquals(1, Near.distance("sned", "send"));
        assertEquals(1, Near.distance("send", "sned"));
        assertEquals(4, Near.distance("", "send"));
    }
}

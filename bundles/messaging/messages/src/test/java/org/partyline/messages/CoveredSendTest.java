package org.partyline.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.PartylineException;
import org.partyline.api.cover.CoverOrder;
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.settings.SendingSettings;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.testkit.messaging.StageBench;

/** Messages written while cover traffic is ordered: their carrier, and how long they wait to leave. */
class CoveredSendTest {
    /** Seven packets. */
    private static final String LONG = "a long message in pieces ".repeat(10);

    private final StageBench bench = new StageBench();
    private final Messages messages = StageBench.offered(bench.add(MessagesStage::new), Messages.class);

    @BeforeEach
    void join() throws Exception {
        bench.join("lobby", Mode.OPEN);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void cover(Duration mean) {
        bench.cover.orders.put(StageBench.ALICE.id(), new CoverOrder(mean, 100_000, 80));
    }

    private void sending(String carrier, Duration ttl, Duration within) {
        bench.settings.sending(new SendingSettings(
                ttl, 80, 25, within, false, carrier, Optional.empty(), Optional.empty(), 20, Duration.ofMinutes(10)));
    }

    private long send(String text, Optional<Duration> ttl, Optional<Carrier> carrier) throws PartylineException {
        return messages.send(new Messages.Send(
                        Optional.empty(), false, "lobby", text, ttl, false, false, Optional.empty(), carrier))
                .id();
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirm", "rolling"})
    void aMessageByAnotherCarrierThanTheDecoysIsRefused(String carrier) throws Exception {
        Carrier same = new Carrier(carrier);
        Carrier other = same.equals(Carrier.CONFIRM) ? Carrier.ROLLING : Carrier.CONFIRM;
        sending(carrier, Duration.ofHours(1), Duration.ofHours(24));
        cover(Duration.ofMinutes(1));
        NoSuchThingException refused =
                assertThrows(NoSuchThingException.class, () -> send("hello", Optional.empty(), Optional.of(other)));
        assertTrue(refused.getMessage().contains("uses the " + carrier + " carrier"), refused.getMessage());
        assertTrue(refused.getMessage().contains("omit --carrier"), refused.getMessage());
        assertEquals(List.of(), bench.allOutgoing(), "nothing is stored");
        assertEquals(
                carrier,
                bench.outgoing(send("hello", Optional.empty(), Optional.of(same)))
                        .carrier());
        bench.cover.orders.clear();
        assertEquals(
                other.id(),
                bench.outgoing(send("hello", Optional.empty(), Optional.of(other)))
                        .carrier());
    }

    @Test
    void theCarrierOfTheDecoysComesBeforeThatOfTheChannel() throws Exception {
        ChannelMembership rolls = bench.join("rolls", Mode.OPEN);
        rolls.entry = rolls.entry.withCarrier(Optional.of(Carrier.ROLLING));
        Messages.Send request = new Messages.Send(Optional.empty(), "rolls", "hello", Optional.empty(), false);
        assertEquals("rolling", bench.outgoing(messages.send(request).id()).carrier());
        cover(Duration.ofMinutes(1));
        assertEquals("confirm", bench.outgoing(messages.send(request).id()).carrier());
    }

    @Test
    void whileTheBundleOfCoverTrafficIsAwayAMessageMayGoByAnyCarrier() throws Exception {
        cover(Duration.ofMinutes(10));
        assertThrows(PartylineException.class, () -> send("hello", Optional.empty(), Optional.of(Carrier.ROLLING)));
        bench.take(CoverTraffic.class, bench.cover);
        assertEquals(
                "rolling",
                bench.outgoing(send("hello", Optional.empty(), Optional.of(Carrier.ROLLING)))
                        .carrier());
    }

    @Test
    void aLongMessageThatDoesNotLeaveInItsTimeToLiveIsRefused() throws Exception {
        cover(Duration.ofMinutes(10));
        NoSuchThingException refused = assertThrows(
                NoSuchThingException.class, () -> send(LONG, Optional.of(Duration.ofMinutes(30)), Optional.empty()));
        assertTrue(refused.getMessage().matches(".*one in 10m on average.* use 120m or more.*"), refused.getMessage());
        assertEquals(List.of(), bench.allOutgoing());
        cover(Duration.ofHours(3));
        NoSuchThingException slow =
                assertThrows(NoSuchThingException.class, () -> send(LONG, Optional.empty(), Optional.empty()));
        assertTrue(slow.getMessage().contains("readers reject packets older than a day"), slow.getMessage());
        assertEquals(List.of(), bench.allOutgoing());
        cover(Duration.ofMinutes(10));
        send("short", Optional.of(Duration.ofMinutes(1)), Optional.empty());
        send(LONG, Optional.of(Duration.ofMinutes(120)), Optional.empty());
        send(LONG, Optional.empty(), Optional.empty());
        cover(SendQueue.STALE.dividedBy(12));
        send(LONG, Optional.empty(), Optional.empty());
        assertEquals(4, bench.allOutgoing().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15})
    void aMessageWaitsToLeaveForSendWithinHoweverShortItLives(int ttlMinutes) throws Exception {
        sending("confirm", Duration.ofMinutes(15), Duration.ofHours(2));
        Optional<Duration> ttl = ttlMinutes == 0 ? Optional.empty() : Optional.of(Duration.ofMinutes(ttlMinutes));
        var outgoing = bench.outgoing(send("hello", ttl, Optional.empty()));
        assertEquals(bench.clock.instant().plus(Duration.ofHours(2)).toEpochMilli(), outgoing.expires());
        assertEquals(ttlMinutes, outgoing.ttlMinutes());
    }
}

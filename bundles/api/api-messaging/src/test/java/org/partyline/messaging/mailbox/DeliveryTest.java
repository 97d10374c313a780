package org.partyline.messaging.mailbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;

/** Every pair of state and event, checked against a hand-written table. */
class DeliveryTest {
    private static final List<State> PACKETS =
            List.of(State.SEALED, State.SENT, State.RELAYED, State.CONFIRMED, State.REPLACED);

    // ---- packets

    @ParameterizedTest
    @CsvSource({
        "TAKEN,            SENT, SENT, RELAYED,      CONFIRMED, REPLACED",
        "SHOWN,            RELAYED,      RELAYED,      RELAYED,      CONFIRMED, REPLACED",
        "MINED,            CONFIRMED, CONFIRMED, CONFIRMED, CONFIRMED, CONFIRMED",
        "BLOCK_GONE,       SEALED,    SENT, RELAYED,      RELAYED,      REPLACED",
        "TRANSACTION_GONE, SEALED,    SEALED,    SEALED,    CONFIRMED, REPLACED",
        "SUPERSEDED,       SEALED,    SEALED,    REPLACED,  CONFIRMED, REPLACED",
        "RETIRED,          REPLACED,  SENT, RELAYED,      CONFIRMED, REPLACED",
    })
    void whatBecomesOfAPacketThatWas(
            PacketEvent event, State sealed, State broadcast, State seen, State confirmed, State replaced) {
        Map<State, State> expected = new EnumMap<>(State.class);
        Iterables.zip(PACKETS, List.of(sealed, broadcast, seen, confirmed, replaced), expected);
        for (State state : PACKETS) {
            assertEquals(expected.get(state), Delivery.packet(state, event), state + " after " + event);
        }
    }

    @ParameterizedTest
    @EnumSource(PacketEvent.class)
    void thePacketsTableHasEveryEvent(PacketEvent event) {
        assertTrue(
                Stream.of(rows("whatBecomesOfAPacketThatWas")).anyMatch(row -> row.startsWith(event + ",")),
                event.toString());
    }

    // ---- messages

    @ParameterizedTest
    @CsvSource({
        // No message is stored in this state.
        "ON_HOLD,   ON_HOLD,   ON_HOLD,   EXPIRED,   FAILED,    RECALLED",
        "QUEUED,    SEALED,    QUEUED,    EXPIRED,   FAILED,    RECALLED",
        "SEALED,    SEALED,    QUEUED,    EXPIRED,   FAILED,    RECALLED",
        "SENT, SENT, SENT, EXPIRED,   FAILED,    RECALLED",
        "RELAYED,      RELAYED,      RELAYED,      EXPIRED,   FAILED,    RECALLED",
        "CONFIRMED, CONFIRMED, CONFIRMED, CONFIRMED, CONFIRMED, RECALLED",
        "REPLACED,  REPLACED,  REPLACED,  REPLACED,  REPLACED,  RECALLED",
        "EXPIRED,   EXPIRED,   EXPIRED,   EXPIRED,   EXPIRED,   RECALLED",
        "RECALLED,  RECALLED,  RECALLED,  RECALLED,  RECALLED,  RECALLED",
        "FAILED,    FAILED,    FAILED,    FAILED,    FAILED,    RECALLED",
    })
    void whatIsDecidedOfAMessage(
            State state, State sealed, State unsealed, State expired, State failed, State recalled) {
        Map<MessageEvent, State> expected = new EnumMap<>(MessageEvent.class);
        Iterables.zip(List.of(MessageEvent.values()), List.of(sealed, unsealed, expired, failed, recalled), expected);
        expected.forEach(
                (event, after) -> assertEquals(after, Delivery.message(state, event), state + " after " + event));
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void theMessagesTableHasEveryState(State state) {
        assertTrue(
                Stream.of(rows("whatIsDecidedOfAMessage")).anyMatch(row -> row.startsWith(state + ",")),
                state.toString());
    }

    // ---- a message and its packets

    private static List<List<State>> packets() {
        List<List<State>> all = new ArrayList<>();
        for (State first : PACKETS) {
            all.add(List.of(first));
            for (State second : PACKETS) {
                all.add(List.of(first, second));
                for (State third : PACKETS) {
                    all.add(List.of(first, second, third));
                }
            }
        }
        return all;
    }

    @Test
    void aMessageIsWhereTheLastOfItsPacketsIs() {
        for (List<State> packets : packets()) {
            State expected = State.CONFIRMED;
            for (State worse : List.of(State.REPLACED, State.RELAYED, State.SENT, State.SEALED)) {
                expected = packets.contains(worse) ? worse : expected;
            }
            for (State state : PACKETS) {
                assertEquals(expected, Delivery.message(state, packets), state.toString());
            }
        }
    }

    @Test
    void aBlockIsOfNoUseToAMessageThatReadersWhoComeLaterCannotRead() {
        for (List<State> packets : packets()) {
            for (State state : State.values()) {
                State readable = Delivery.message(state, packets);
                assertEquals(
                        readable == State.CONFIRMED ? State.REPLACED : readable,
                        Delivery.message(state, packets, false),
                        state + " of " + packets);
                assertEquals(readable, Delivery.message(state, packets, true));
            }
        }
    }

    @Test
    void aMessageThatHasEndedIsWhereItIsWhateverBecomesOfItsPackets() {
        for (List<State> packets : packets()) {
            assertEquals(State.FAILED, Delivery.message(State.FAILED, packets));
        }
    }

    @Test
    void whatStandsInABlockWholeIsNeitherTakenBackNorExpired() {
        for (List<State> packets : packets()) {
            boolean mined = packets.stream().allMatch(packet -> packet == State.CONFIRMED);
            for (State ended : List.of(State.RECALLED, State.EXPIRED)) {
                assertEquals(mined ? State.CONFIRMED : ended, Delivery.message(ended, packets));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void aMessageWithoutPacketsIsWhereItIs(State state) {
        assertEquals(state, Delivery.message(state, List.of()));
    }

    // ---- other data of a state

    private static final byte[] ID = new byte[32];

    private static OutgoingPart packet() {
        return OutgoingPart.of(new byte[80]);
    }

    private static OutgoingPart signed() {
        return packet().signed(new byte[10], ID, 200, 20, "core", "").attempt("one", 7);
    }

    private static OutgoingMessage message(OutgoingPart... parts) {
        return new OutgoingMessage(
                        1, 1, State.QUEUED, "", 1, 100, 0, false, 3, List.of(), 1, null, false, 0, "confirm", false)
                .sealed(Arrays.asList(parts), 5, false);
    }

    @Test
    void aPacketHasLeftOnceANodeTookIt() {
        assertEquals(0, signed().left());
        assertEquals(7, signed().on(PacketEvent.TAKEN).left());
        assertEquals(7, signed().minedIn(ID).left());
    }

    @Test
    void whatOnlyItsNodeHadMayNotHaveLeftAtAll() {
        OutgoingPart gone = signed().on(PacketEvent.TAKEN).unseen().on(PacketEvent.TRANSACTION_GONE);
        assertEquals(State.SEALED, gone.state());
        assertEquals(0, gone.left());
        assertNull(gone.raw());
        assertTrue(gone.rodeIn(ID));
        assertEquals(7, signed().on(PacketEvent.SHOWN).unseen().left());
    }

    @Test
    void whatANodeTookMayHaveLeftUnlessNodesWereAsked() {
        for (PacketEvent gone : new PacketEvent[] {PacketEvent.TRANSACTION_GONE, PacketEvent.SUPERSEDED}) {
            OutgoingPart again = signed().on(PacketEvent.TAKEN).on(gone);
            assertTrue(again.ridesAgain());
            assertEquals(7, again.left(), "it could be sealed anew, and be read twice");
        }
    }

    @Test
    void whatWasShownHasLeftWhateverBecomesOfItsTransactions() {
        OutgoingPart again = signed().on(PacketEvent.SHOWN).on(PacketEvent.TRANSACTION_GONE);
        assertTrue(again.ridesAgain());
        OutgoingPart version = again.signed(new byte[11], new byte[32], 200, 20, "core", "");
        OutgoingPart superseded = version.on(PacketEvent.SUPERSEDED);
        assertEquals(7, superseded.left(), "it could be sealed anew, and be read twice");
        assertTrue(superseded.ridesAgain());
    }

    @Test
    void theSameIsTheSame() {
        OutgoingPart confirmed = signed().minedIn(ID);
        assertSame(confirmed, confirmed.on(PacketEvent.SHOWN));
        OutgoingMessage sent = message(confirmed);
        assertSame(sent, sent.on(0, PacketEvent.TAKEN));
        assertSame(sent, sent.ended(MessageEvent.EXPIRED, "late"));
        assertSame(sent, sent.unsealed("anew"));
    }

    @Test
    void aReasonGoesWithTheStateThatItWasFor() {
        OutgoingMessage waits = message(signed()).because("it waits");
        assertEquals("it waits", waits.with(0, signed().leaving(9)).reason());
        assertEquals("", waits.on(0, PacketEvent.TAKEN).reason());
    }

    @Test
    void aMessageThatIsPaidForAgainIsNotOutUntilItIs() {
        OutgoingMessage again = message(signed()).on(0, PacketEvent.TAKEN).on(0, PacketEvent.TRANSACTION_GONE);
        assertEquals(State.SEALED, again.state());
    }

    @Test
    void anEarlierVersionMayBeTheOneThatIsMined() {
        OutgoingMessage old = message(signed()).on(0, PacketEvent.SHOWN).on(0, PacketEvent.SUPERSEDED);
        assertEquals(State.REPLACED, old.state());
        OutgoingMessage mined = old.with(0, old.parts().get(0).minedIn(ID));
        assertEquals(State.CONFIRMED, mined.state());
        assertArrayEquals(ID, mined.parts().get(0).transaction());
        assertEquals(State.RELAYED, mined.on(0, PacketEvent.BLOCK_GONE).state());
    }

    @Test
    void aRecallSaysHowFarItWent() {
        OutgoingMessage half =
                message(signed().minedIn(ID), signed().on(PacketEvent.SHOWN)).ended(MessageEvent.RECALLED, "recalled");
        assertEquals(State.RECALLED, half.state());
        assertEquals("1 of 2 packets are in a block and cannot be recalled; the others were recalled", half.reason());
        OutgoingMessage late = half.with(1, half.parts().get(1).minedIn(ID));
        assertEquals(State.CONFIRMED, late.state());
        assertEquals("it was mined before it could be recalled", late.reason());
    }

    @Test
    void aMessageSaysThatTheOneIsLostWhichOpenedItsChainUntilThatIsBack() {
        OutgoingMessage seen = message(signed().on(PacketEvent.SHOWN));
        OutgoingMessage cutOff = seen.openedBy(7);
        assertEquals(State.RELAYED, cutOff.state());
        assertTrue(cutOff.reason().startsWith("readers who missed message 7 cannot read this one"), cutOff.reason());
        OutgoingMessage mined = cutOff.with(0, cutOff.parts().get(0).minedIn(ID));
        assertEquals(State.REPLACED, mined.state());
        assertEquals(cutOff.reason(), mined.reason());
        assertSame(mined, mined.openedBy(7));
        assertEquals(State.RELAYED, mined.on(0, PacketEvent.BLOCK_GONE).state());
        OutgoingMessage back = mined.openedBy(0);
        assertEquals(State.CONFIRMED, back.state());
        assertEquals("", back.reason());
        assertEquals(0, message(packet()).openedBy(7).unsealed("anew").lostOpener());
    }

    // ---- the opener of a chain

    private static final long NOW = 50;

    private static OutgoingMessage opener(OutgoingPart... parts) {
        return message().sealed(Arrays.asList(parts), 5, true, "0123456789abcdef");
    }

    @Test
    void anOpenerLastsInABlockOrOnItsWayByItself() {
        assertEquals(ChainOpener.LASTING, ChainOpener.of(opener(packet(), packet()), NOW));
        assertEquals(ChainOpener.LASTING, ChainOpener.of(opener(signed().on(PacketEvent.SHOWN)), NOW));
        OutgoingMessage rolling = opener(signed().on(PacketEvent.SHOWN)).carried("rolling");
        assertEquals(ChainOpener.PASSING, ChainOpener.of(rolling, NOW));
        assertEquals(
                ChainOpener.LASTING,
                ChainOpener.of(rolling.with(0, rolling.parts().get(0).minedIn(ID)), NOW));
    }

    @Test
    void anOpenerIsLostThatWasReplacedTakenBackOrGivenUpOrExpiredBeforeABlockHadIt() {
        OutgoingMessage seen = opener(signed().on(PacketEvent.SHOWN), signed().on(PacketEvent.SHOWN));
        assertEquals(ChainOpener.LOST, ChainOpener.of(seen.on(0, PacketEvent.SUPERSEDED), NOW));
        assertEquals(ChainOpener.LASTING, ChainOpener.of(seen.on(1, PacketEvent.SUPERSEDED), NOW));
        assertEquals(ChainOpener.LOST, ChainOpener.of(seen, seen.expires()));
        for (MessageEvent end : List.of(MessageEvent.EXPIRED, MessageEvent.FAILED, MessageEvent.RECALLED)) {
            assertEquals(ChainOpener.LOST, ChainOpener.of(seen.ended(end, ""), NOW), end.toString());
        }
        assertEquals(ChainOpener.LOST, ChainOpener.of(opener(packet()).unsealed("anew"), NOW));
        OutgoingMessage late = seen.ended(MessageEvent.RECALLED, "")
                .with(0, seen.parts().get(0).minedIn(ID));
        assertEquals(ChainOpener.LASTING, ChainOpener.of(late, seen.expires()), "a miner was faster");
    }

    @Test
    void whatASessionCannotDoWithoutGoesByTheCarrierWhosePacketsStay() {
        for (PacketType type : PacketType.values()) {
            boolean session = List.of(PacketType.HANDSHAKE_INIT, PacketType.HANDSHAKE_RESP, PacketType.KEY_UPDATE)
                    .contains(type);
            assertEquals(session, of(type, (byte) 0).mustLast(), type.toString());
        }
        for (byte code = 1; code < 16; code++) {
            boolean session = code == ControlCodes.CLOSE || code == ControlCodes.ROTATE || code == ControlCodes.COPY;
            assertEquals(session, of(PacketType.CONTROL, code).mustLast(), "code " + code);
        }
    }

    private static OutgoingMessage of(PacketType type, byte code) {
        return new OutgoingMessage(
                1,
                1,
                State.QUEUED,
                "",
                1,
                100,
                0,
                false,
                3,
                List.of(),
                type.code(),
                new byte[] {code},
                false,
                0,
                "rolling",
                false);
    }

    @Test
    void onlyAnOpenerThatLastsCarriesWhatIsMeantToStay() {
        assertTrue(ChainOpener.LASTING.carries("confirm") && ChainOpener.LASTING.carries("rolling"));
        assertTrue(!ChainOpener.PASSING.carries("confirm") && ChainOpener.PASSING.carries("rolling"));
        assertTrue(!ChainOpener.LOST.carries("confirm") && !ChainOpener.LOST.carries("rolling"));
    }

    @Test
    void aRecallThatCouldNotBeginLeavesWhatWasSoAndWhatHappenedSince() {
        OutgoingMessage out = message(signed()).on(0, PacketEvent.TAKEN);
        OutgoingMessage seen =
                out.ended(MessageEvent.RECALLED, "it is being recalled").on(0, PacketEvent.SHOWN);
        assertEquals(State.RECALLED, seen.state());
        assertEquals(State.RELAYED, seen.notRecalled(out).state());
        OutgoingMessage expired = out.ended(MessageEvent.EXPIRED, "late");
        OutgoingMessage still =
                expired.ended(MessageEvent.RECALLED, "it is being recalled").notRecalled(expired);
        assertEquals(State.EXPIRED, still.state());
        assertEquals("late", still.reason());
    }

    private static String[] rows(String method) {
        return Stream.of(DeliveryTest.class.getDeclaredMethods())
                .filter(one -> one.getName().equals(method))
                .findFirst()
                .orElseThrow()
                .getAnnotation(CsvSource.class)
                .value();
    }

    private static final class Iterables {
        static <K, V> void zip(List<K> keys, List<V> values, Map<K, V> into) {
            for (int i = 0; i < keys.size(); i++) {
                into.put(keys.get(i), values.get(i));
            }
        }
    }
}

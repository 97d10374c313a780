package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.packet.PacketType;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.store.Keys;

/** No message leaves the outbox before its sender could see what became of it. */
class UnprovenTest {
    private static final Duration LIFE = Duration.ofHours(1);

    private final DeliveryBench bench = new DeliveryBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = bench.stage.join("lobby", Mode.OPEN);
        bench.settle();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private OutgoingMessage now(long id) throws StoreException {
        return bench.stage.outgoing(id);
    }

    private long relayed(String text) throws Exception {
        long id = bench.stage.queue(lobby, text, "confirm", LIFE, 0);
        bench.settle();
        assertEquals(State.RELAYED, now(id).state());
        return id;
    }

    private void over() throws Exception {
        bench.pass(LIFE.plusMinutes(2));
    }

    @Test
    void aMessageThatNoBlockHadWhenItsTimeWasOverIsExpired() throws Exception {
        long id = relayed("in no block");
        over();
        assertEquals(State.EXPIRED, now(id).state());
        assertEquals(
                "it was sent, but was in no block when its time to live ended: it may not have been read",
                now(id).reason());
        assertTrue(now(id).expires() > bench.clock.millis(), "it is shown for some time");
    }

    @Test
    void ofOneThatOnlyOurOwnNodeHadThatIsSaid() throws Exception {
        bench.stage.nodes.unwatch();
        long id = bench.stage.queue(lobby, "kept", "confirm", LIFE, 0);
        bench.settle();
        assertEquals(State.SENT, now(id).state());
        over();
        assertEquals(State.EXPIRED, now(id).state());
        assertTrue(now(id).reason().startsWith("only our own node is known to have had it"), now(id).reason());
    }

    @Test
    void aMessageThatABlockHadOrThatAReceiptCameForIsNotExpired() throws Exception {
        long mined = relayed("in a block");
        bench.stage.outbox.change(
                mined,
                now -> now.with(0, now.parts().get(0).minedIn(now.parts().get(0).requireTransaction())));
        long delivered = relayed("delivered");
        bench.stage.guard.update(tx -> OutgoingRecords.delivered(tx, delivered));
        over();
        assertEquals(State.CONFIRMED, now(mined).state());
        assertEquals(State.RELAYED, now(delivered).state());
        bench.clock.pass(Duration.ofHours(1));
        expire();
        assertTrue(isGone(delivered), "nothing more is to be said of it");
    }

    /** Otherwise it would be called expired, and in a block a moment later. */
    @Test
    void nothingIsSaidBeforeTheLatestBlocksAreRead() throws Exception {
        long id = relayed("in a block?");
        bench.stage.reception.behind.add(Network.REGTEST);
        over();
        assertEquals(State.RELAYED, now(id).state());
        bench.pass(Duration.ofHours(1));
        assertEquals(State.EXPIRED, now(id).state(), "no longer than an hour");
    }

    /** The store may have been locked for days, or the bundle stopped. */
    @Test
    void aMessageThatWaitedWhileNothingRanIsStillKnownWhenItExpires() throws Exception {
        bench.node.down = true;
        long id = bench.stage.queue(lobby, "nobody sent it", "confirm", LIFE, 0);
        bench.settle();
        bench.restart(() -> {
            bench.clock.pass(Duration.ofDays(3));
            expire();
        });
        bench.round();
        assertEquals(State.EXPIRED, now(id).state());
        assertEquals("its time to live ended before it could be sent", now(id).reason());
        bench.clock.pass(Duration.ofDays(1));
        expire();
        assertTrue(isGone(id));
    }

    @ParameterizedTest
    @ValueSource(bytes = {ControlCodes.FORGET, ControlCodes.ROTATE})
    void soIsARequestToEraseOneAndAreNewKeys(byte code) throws Exception {
        bench.node.down = true;
        long id = bench.stage.queue(lobby, PacketType.CONTROL, new byte[] {code, 1, 2, 3, 4, 5, 6, 7, 8});
        bench.restart(() -> {
            bench.clock.pass(Duration.ofDays(3));
            expire();
        });
        bench.round();
        assertEquals(State.EXPIRED, now(id).state());
    }

    /** Otherwise, nobody would end the session that the other side never opened. */
    @ParameterizedTest
    @EnumSource(names = {"HANDSHAKE_RESP", "KEY_UPDATE"})
    void aMessageThatASessionNeedsIsNotDeletedBeforeItIsGivenUp(PacketType type) throws Exception {
        bench.node.down = true;
        long id = bench.stage.queue(lobby, type, new byte[8]);
        bench.restart(() -> {
            bench.clock.pass(Duration.ofDays(3));
            expire();
        });
        bench.round();
        assertEquals(State.EXPIRED, now(id).state());
    }

    /** The session of an answer, or a contact that lacks our keys, is the sealer's concern. */
    @ParameterizedTest
    @ValueSource(bytes = {ControlCodes.ROTATE, 0})
    void soAreAnAnswerAndNewKeysThatNoBlockHadInTime(byte control) throws Exception {
        long id = control == 0
                ? bench.stage.queue(lobby, PacketType.HANDSHAKE_RESP, new byte[8])
                : bench.stage.queue(lobby, PacketType.CONTROL, new byte[] {control, 1, 2, 3});
        bench.settle();
        assertEquals(State.RELAYED, now(id).state());
        bench.stage.reception.behind.add(Network.REGTEST);
        bench.pass(Duration.ofHours(26));
        assertEquals(State.RELAYED, now(id).state(), "an unread block may have it");
        bench.restart(() -> {
            bench.clock.pass(Duration.ofDays(3));
            expire();
        });
        bench.stage.reception.behind.clear();
        bench.round();
        assertEquals(State.EXPIRED, now(id).state());
        assertEquals(List.of(id), bench.stage.sealer.abandoned);
        bench.round();
        assertEquals(List.of(id), bench.stage.sealer.abandoned, "once");
    }

    /** It is repeated. */
    @Test
    void aKeyUpdateThatNoBlockHadIsNotGivenUp() throws Exception {
        long id = bench.stage.queue(lobby, PacketType.KEY_UPDATE, new byte[8]);
        bench.settle();
        bench.pass(Duration.ofHours(26));
        assertEquals(State.RELAYED, now(id).state());
        assertEquals(List.of(), bench.stage.sealer.abandoned);
    }

    private void expire() {
        try {
            bench.stage.guard.<Void, StoreException>transact(tx -> {
                tx.deleteExpired(bench.clock.instant());
                return null;
            });
        } catch (StoreException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isGone(long id) throws StoreException {
        return !bench.stage.guard.<Boolean, StoreException>transact(
                tx -> tx.contains(OutgoingRecords.TABLE, Keys.of(id)));
    }
}

package org.partyline.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.delivery.KeptTransactionRecords;
import org.partyline.messaging.mailbox.OutgoingPart;
import org.partyline.testkit.messaging.StageBench;

/** Which transactions can be mined no more, since one of ours in a block has spent a coin. */
class DeadTransactionTest {
    private static final byte[] COIN = coin(1);
    private static final byte[] OTHER = coin(2);

    private final StageBench stage = new StageBench();
    private ChannelMembership lobby;

    @BeforeEach
    void join() throws Exception {
        lobby = stage.join("lobby", Mode.RATCHET);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static byte[] coin(int number) {
        byte[] coin = new byte[36];
        Arrays.fill(coin, (byte) number);
        return coin;
    }

    /** The first output of a transaction, as one that spends it names it. */
    private static byte[] change(byte[] raw) {
        byte[] coin = new byte[36];
        byte[] id = TransactionScanner.id(raw).bytes();
        for (int i = 0; i < id.length; i++) {
            coin[i] = id[id.length - 1 - i];
        }
        return coin;
    }

    private static byte[] spending(byte[]... coins) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.writeBytes(new byte[] {2, 0, 0, 0, (byte) coins.length});
        for (byte[] coin : coins) {
            raw.writeBytes(coin);
            raw.writeBytes(new byte[] {0, -1, -1, -1, -1});
        }
        raw.write(1);
        raw.writeBytes(new byte[8 + 1]);
        raw.writeBytes(new byte[4]);
        return raw.toByteArray();
    }

    private static OutgoingPart signed(OutgoingPart part, byte[] raw) {
        return part.signed(raw, id(raw), raw.length, 21, "a", "");
    }

    private static byte[] id(byte[] raw) {
        return TransactionScanner.id(raw).bytes();
    }

    private void sent(UnaryOperator<OutgoingPart> change) throws Exception {
        long id = stage.queue(lobby, "words");
        stage.sealer.seal(lobby, id);
        stage.outbox.changePart(id, 0, change);
    }

    private void assertDead(boolean dead, byte[] raw) throws Exception {
        assertEquals(dead, stage.guard.transact(tx -> KeptTransactionRecords.isDead(tx, raw)));
    }

    @Test
    void whatSpendsACoinOfOneInABlockIsDeadAndWhatIsBuiltOnItToo() throws Exception {
        byte[] mined = spending(COIN);
        byte[] lost = spending(COIN, OTHER);
        sent(part -> signed(part, mined).minedIn(id(mined)));
        sent(part -> signed(part, lost));
        assertDead(true, lost);
        assertDead(true, spending(change(lost)));
        assertDead(false, spending(OTHER));
        assertDead(false, spending(change(mined)));
    }

    @Test
    void aCoinThatOnlyALaterVersionWouldHaveSpentIsThere() throws Exception {
        byte[] first = spending(COIN);
        byte[] last = spending(COIN, OTHER);
        sent(part -> signed(signed(part, first), last).minedIn(id(first)));
        assertDead(false, spending(OTHER));
    }
}

package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketType;
import org.partyline.messaging.control.ControlCodes;
import org.partyline.messaging.mailbox.FragmentRecord;
import org.partyline.messaging.recognition.HeldPackets;

/**
 * Anyone with a card can seal anything for its inbox, and repeat packets that others sealed: only handshakes are
 * accepted, and once.
 */
class InboxHandshakesOnlyTest {
    private static final int MESSAGE = 7;

    private final ReceiveBench bench = new ReceiveBench();
    private final Neighbours neighbours = new Neighbours(bench.stage);
    private final CardHolder mallory = new CardHolder(bench.stage);

    @AfterEach
    void close() {
        bench.close();
    }

    private void seal(Content content) {
        bench.hear(mallory.seal(content));
    }

    private Content said(PacketType type, byte[] body) {
        return Content.of(type, bench.clock.instant(), body);
    }

    private Content piece(int index, String body) {
        return mallory.piece(MESSAGE, index, 2, body.getBytes(StandardCharsets.UTF_8));
    }

    private void assertNothingIsShown() throws Exception {
        assertEquals(List.of(), bench.texts());
        assertEquals(List.of(), bench.stage.inbox.pieces);
        assertEquals(0, neighbours.accepted.size());
        assertEquals(0, bench.count(HeldPackets.UNMATCHED), "they are used up");
    }

    @Test
    void aTextInAnInboxIsNotLetIn() throws Exception {
        seal(said(PacketType.TEXT, "from nobody".getBytes(StandardCharsets.UTF_8)));
        assertNothingIsShown();
        assertEquals(List.of(), neighbours.called);
    }

    @Test
    void aTextInPiecesIsNotLetIn() throws Exception {
        String text = (char) PacketType.TEXT.code() + "from ";
        seal(piece(0, text));
        seal(piece(1, "nobody"));
        assertNothingIsShown();
        assertEquals(List.of(), neighbours.called);
    }

    @Test
    void theSecondPieceOfATextMayComeFirst() throws Exception {
        seal(piece(1, "nobody"));
        seal(piece(0, (char) PacketType.TEXT.code() + "from "));
        assertNothingIsShown();
    }

    @Test
    void whatEndsSessionsOrRenewsKeysIsNotLetInEither() throws Exception {
        seal(said(PacketType.CONTROL, new byte[] {ControlCodes.CLOSE}));
        seal(said(PacketType.KEY_UPDATE, new byte[32]));
        seal(said(PacketType.HANDSHAKE_RESP, new byte[49]));
        assertNothingIsShown();
        assertEquals(List.of(), neighbours.called);
    }

    @Test
    void anOfferThatIsSentAgainLeavesNoTrace() throws Exception {
        byte[] body = new byte[113];
        bench.stage.random.nextBytes(body);
        neighbours.handshake = body;
        byte[][] offer = mallory.pieces(body).stream().map(mallory::seal).toArray(byte[][]::new);
        bench.hear(offer);
        assertEquals(1, neighbours.accepted.size());
        // The defence must not depend on the packets that a server remembers in memory.
        bench.restart();
        mallory.expect();
        bench.clock.pass(Duration.ofHours(12));
        bench.hear(offer);
        assertEquals(List.of("init"), neighbours.called);
        assertEquals(0, bench.count(FragmentRecord.TABLE));
        assertFalse(bench.stage.audited.contains("handshake-refused"));
    }
}

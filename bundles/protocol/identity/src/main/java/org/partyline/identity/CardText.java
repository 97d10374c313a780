package org.partyline.identity;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.partyline.api.Bech32m;
import org.partyline.api.Network;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.PublicIdentity;

/** Encodes and decodes the text of a contact card (PROTOCOL 6). */
final class CardText {
    private static final String PREFIX = "plcard";
    private static final byte VERSION = 1;
    private static final int FIXED_LENGTH = 2 + 2 * PublicIdentity.KEY_LENGTH + ContactCard.INBOX_SECRET_LENGTH;

    private CardText() {}

    static String encode(ContactCard card) {
        byte[] nickname = utf8(card.nickname());
        byte[] data = ByteBuffer.allocate(FIXED_LENGTH + nickname.length)
                .put(VERSION)
                .put(card.network().code())
                .put(card.identity().signing())
                .put(card.identity().agreement())
                .put(card.inboxSecret())
                .put(nickname)
                .array();
        try {
            return Bech32m.encode(PREFIX, data);
        } finally {
            Arrays.fill(data, (byte) 0);
        }
    }

    static ContactCard decode(String text) {
        byte[] data = new byte[0];
        try {
            data = Bech32m.decode(PREFIX, text);
            return read(ByteBuffer.wrap(data));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("this is not a contact card: it ends too early", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("this is not a contact card: " + e.getMessage(), e);
        } finally {
            Arrays.fill(data, (byte) 0);
        }
    }

    private static ContactCard read(ByteBuffer in) {
        int version = in.get() & 0xff;
        if (version != VERSION) {
            throw new IllegalArgumentException("its version is " + version + ", but only 1 is known");
        }
        int networkCode = in.get() & 0xff;
        Network network = Network.ofCode(networkCode)
                .orElseThrow(() -> new IllegalArgumentException("there is no network " + networkCode));
        byte[] signing = new byte[PublicIdentity.KEY_LENGTH];
        byte[] agreement = new byte[PublicIdentity.KEY_LENGTH];
        byte[] inboxSecret = new byte[ContactCard.INBOX_SECRET_LENGTH];
        in.get(signing).get(agreement).get(inboxSecret);
        byte[] nickname = new byte[in.remaining()];
        in.get(nickname);
        // A card with which no session can be opened is better rejected now than during a handshake.
        if (!Curves.isSigningKey(signing)) {
            throw new IllegalArgumentException("its signing key is not an Ed25519 key");
        }
        if (!Curves.isAgreementKey(agreement)) {
            throw new IllegalArgumentException("its agreement key is not a usable X25519 key");
        }
        return new ContactCard(network, new PublicIdentity(signing, agreement), inboxSecret, text(nickname));
    }

    /** Unlike {@link String#getBytes}, it does not turn invalid text into question marks. */
    private static byte[] utf8(String nickname) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(nickname));
            return Arrays.copyOf(bytes.array(), bytes.limit());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a nickname must be Unicode text: it has half of a surrogate pair", e);
        }
    }

    private static String text(byte[] nickname) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(nickname))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its nickname is not UTF-8", e);
        }
    }
}

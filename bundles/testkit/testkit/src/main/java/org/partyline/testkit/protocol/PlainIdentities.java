package org.partyline.testkit.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;
import org.partyline.api.Bech32m;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;
import org.partyline.api.packet.Content;

/** Keys that are powers of two, and signatures that are easy to forge. */
public final class PlainIdentities implements Identities {
    private static final String PREFIX = "plcard";
    /** At the position of a real card's version, so that each codec rejects the other's cards. */
    private static final byte MARK = 'P';

    private static final int CARD_LENGTH = 2 + 2 * Plain.KEY_LENGTH + ContactCard.INBOX_SECRET_LENGTH;
    private static final byte ROTATE = 3;
    private static final int ROTATED_LENGTH = 2 * Plain.KEY_LENGTH + ContactCard.INBOX_SECRET_LENGTH + 1;
    private static final int ROTATION_LENGTH = 1 + ROTATED_LENGTH + 2 * Content.SIGNATURE_LENGTH;

    @Override
    public IdentityKeys generate(SecureRandom random) {
        return keys(
                SecretBytes.wrap(Plain.random(random, Plain.KEY_LENGTH)),
                SecretBytes.wrap(Plain.random(random, Plain.KEY_LENGTH)),
                SecretBytes.wrap(Plain.random(random, ContactCard.INBOX_SECRET_LENGTH)));
    }

    @Override
    public IdentityKeys restore(SecretBytes signingSeed, SecretBytes agreementPrivate, SecretBytes inboxSecret) {
        Plain.requireLength("a signing seed", Plain.KEY_LENGTH, signingSeed.length());
        Plain.requireLength("an agreement key", Plain.KEY_LENGTH, agreementPrivate.length());
        Plain.requireLength("an inbox secret", ContactCard.INBOX_SECRET_LENGTH, inboxSecret.length());
        return keys(signingSeed.copy(), agreementPrivate.copy(), inboxSecret.copy());
    }

    private static IdentityKeys keys(SecretBytes signingSeed, SecretBytes agreementPrivate, SecretBytes inboxSecret) {
        PublicIdentity identity =
                new PublicIdentity(Plain.publicKey(signingSeed.expose()), Plain.publicKey(agreementPrivate.expose()));
        return new IdentityKeys(signingSeed, agreementPrivate, inboxSecret, identity);
    }

    @Override
    public String encode(ContactCard card) {
        byte[] nickname = card.nickname().getBytes(StandardCharsets.UTF_8);
        return Bech32m.encode(
                PREFIX,
                ByteBuffer.allocate(CARD_LENGTH + nickname.length)
                        .put(MARK)
                        .put(card.network().code())
                        .put(Plain.of(card.identity()))
                        .put(card.inboxSecret())
                        .put(nickname)
                        .array());
    }

    @Override
    public ContactCard decode(String text) {
        try {
            ByteBuffer in = ByteBuffer.wrap(Bech32m.decode(PREFIX, text));
            if (in.get() != MARK) {
                throw new IllegalArgumentException("its version is unknown");
            }
            Network network = Network.ofCode(in.get())
                    .orElseThrow(() -> new IllegalArgumentException("there is no such network"));
            PublicIdentity identity = identity(in);
            byte[] inboxSecret = Plain.take(in, ContactCard.INBOX_SECRET_LENGTH);
            return new ContactCard(network, identity, inboxSecret, Plain.text(Plain.rest(in)));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("this is not a contact card: it ends too early", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("this is not a contact card: " + e.getMessage(), e);
        }
    }

    @Override
    public String safetyNumber(PublicIdentity one, PublicIdentity other) {
        byte[] low = Plain.of(one);
        byte[] high = Plain.of(other);
        if (Arrays.compareUnsigned(low, high) > 0) {
            byte[] lower = high;
            high = low;
            low = lower;
        }
        StringJoiner groups = new StringJoiner(" ");
        for (int group = 0; group < 12; group++) {
            int number =
                    ByteBuffer.wrap(Plain.hash("safety " + group, low, high)).getShort() & 0xffff;
            groups.add(String.format(Locale.ROOT, "%05d", number));
        }
        return groups.toString();
    }

    @Override
    public byte[] sign(IdentityKeys keys, byte[] input) {
        return signature(Plain.publicKey(keys.signingSeed().expose()), input);
    }

    @Override
    public boolean verify(PublicIdentity identity, byte[] input, byte[] signature) {
        return Arrays.equals(signature, signature(identity.signing(), input));
    }

    private static byte[] signature(byte[] publicKey, byte[] input) {
        return ByteBuffer.allocate(Content.SIGNATURE_LENGTH)
                .put(Plain.hash("signature, first half", publicKey, input))
                .put(Plain.hash("signature, second half", publicKey, input))
                .array();
    }

    @Override
    public byte[] rotation(Network network, IdentityKeys old, IdentityKeys next, boolean compromised) {
        byte[] rotated = ByteBuffer.allocate(ROTATED_LENGTH)
                .put(Plain.of(next.identity()))
                .put(next.inboxSecret().expose())
                .put((byte) (compromised ? 1 : 0))
                .array();
        byte[] input = rotationInput(network, old.identity(), rotated);
        return ByteBuffer.allocate(ROTATION_LENGTH)
                .put(ROTATE)
                .put(rotated)
                .put(sign(old, input))
                .put(sign(next, input))
                .array();
    }

    @Override
    public Optional<Rotation> openRotation(Network network, PublicIdentity old, byte[] body) {
        if (body.length != ROTATION_LENGTH || body[0] != ROTATE) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(body).position(1);
        byte[] input = rotationInput(network, old, Arrays.copyOfRange(body, 1, 1 + ROTATED_LENGTH));
        PublicIdentity next = identity(in);
        byte[] inboxSecret = Plain.take(in, ContactCard.INBOX_SECRET_LENGTH);
        byte reason = in.get();
        boolean genuine = (reason == 0 || reason == 1)
                && verify(old, input, Plain.take(in, Content.SIGNATURE_LENGTH))
                && verify(next, input, Plain.take(in, Content.SIGNATURE_LENGTH));
        return genuine ? Optional.of(new Rotation(next, inboxSecret, reason == 1)) : Optional.empty();
    }

    private static byte[] rotationInput(Network network, PublicIdentity old, byte[] rotated) {
        return Plain.hash("rotation", Plain.of(network), Plain.of(old), rotated);
    }

    private static PublicIdentity identity(ByteBuffer in) {
        return new PublicIdentity(Plain.take(in, Plain.KEY_LENGTH), Plain.take(in, Plain.KEY_LENGTH));
    }
}

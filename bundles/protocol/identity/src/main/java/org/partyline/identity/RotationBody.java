package org.partyline.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.identity.ContactCard;
import org.partyline.api.identity.Identities.Rotation;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.identity.PublicIdentity;

/** Encodes and decodes the body of a ROTATE message (PROTOCOL 6.1). */
final class RotationBody {
    private static final byte[] LABEL = "partyline/2 rotate\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte CODE = 3;
    private static final byte ROUTINE = 0;
    private static final byte COMPROMISED = 1;
    private static final int SIGNED_INPUT =
            LABEL.length + 1 + 4 * PublicIdentity.KEY_LENGTH + ContactCard.INBOX_SECRET_LENGTH + 1;
    private static final int LENGTH =
            1 + 2 * PublicIdentity.KEY_LENGTH + ContactCard.INBOX_SECRET_LENGTH + 1 + 2 * Curves.SIGNATURE_LENGTH;

    private RotationBody() {}

    static byte[] write(Network network, IdentityKeys old, IdentityKeys next, boolean compromised) {
        byte reason = compromised ? COMPROMISED : ROUTINE;
        byte[] inboxSecret = next.inboxSecret().expose();
        byte[] input = input(network, old.identity(), next.identity(), inboxSecret, reason);
        try {
            return ByteBuffer.allocate(LENGTH)
                    .put(CODE)
                    .put(next.identity().signing())
                    .put(next.identity().agreement())
                    .put(inboxSecret)
                    .put(reason)
                    .put(Curves.sign(old.signingSeed().expose(), input))
                    .put(Curves.sign(next.signingSeed().expose(), input))
                    .array();
        } finally {
            Arrays.fill(input, (byte) 0);
        }
    }

    static Optional<Rotation> read(Network network, PublicIdentity old, byte[] body) {
        if (body.length != LENGTH || body[0] != CODE) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(body).position(1);
        PublicIdentity next =
                new PublicIdentity(next(in, PublicIdentity.KEY_LENGTH), next(in, PublicIdentity.KEY_LENGTH));
        byte[] inboxSecret = next(in, ContactCard.INBOX_SECRET_LENGTH);
        byte reason = in.get();
        byte[] byOld = next(in, Curves.SIGNATURE_LENGTH);
        byte[] byNew = next(in, Curves.SIGNATURE_LENGTH);
        byte[] input = input(network, old, next, inboxSecret, reason);
        boolean genuine = (reason == ROUTINE || reason == COMPROMISED)
                && Curves.isAgreementKey(next.agreement())
                && Curves.verify(old.signing(), input, byOld)
                && Curves.verify(next.signing(), input, byNew);
        Arrays.fill(input, (byte) 0);
        if (!genuine) {
            Arrays.fill(inboxSecret, (byte) 0);
            return Optional.empty();
        }
        return Optional.of(new Rotation(next, inboxSecret, reason == COMPROMISED));
    }

    private static byte[] next(ByteBuffer in, int length) {
        byte[] field = new byte[length];
        in.get(field);
        return field;
    }

    private static byte[] input(
            Network network, PublicIdentity old, PublicIdentity next, byte[] inboxSecret, byte reason) {
        return ByteBuffer.allocate(SIGNED_INPUT)
                .put(LABEL)
                .put(network.code())
                .put(old.signing())
                .put(old.agreement())
                .put(next.signing())
                .put(next.agreement())
                .put(inboxSecret)
                .put(reason)
                .array();
    }
}

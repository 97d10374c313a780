package org.partyline.ratchet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import java.util.function.IntFunction;
import org.partyline.api.Bech32m;
import org.partyline.api.Network;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.ratchet.Invite;

/** Encodes and decodes the text of an invite (PROTOCOL 3). */
final class InviteText {
    private static final String PREFIX = "plchan";
    private static final byte VERSION = 1;
    private static final int FIXED_LENGTH = 12;

    private InviteText() {}

    static String encode(Invite invite) {
        byte[] name = NormalText.utf8(invite.name());
        if (name.length > Invite.MAX_NAME) {
            throw new IllegalArgumentException("a channel's name has at most 64 bytes of UTF-8");
        }
        KdfParameters kdf = invite.kdf();
        byte[] data = ByteBuffer.allocate(FIXED_LENGTH + invite.salt().length + name.length)
                .put(VERSION)
                .put(invite.network().code())
                .put((byte) kdf.id().code())
                .put((byte) kdf.timeCost())
                .putInt(kdf.memory())
                .put((byte) kdf.parallelism())
                .putShort((short) invite.startDay())
                .put((byte) invite.salt().length)
                .put(invite.salt())
                .put(name)
                .array();
        return Bech32m.encode(PREFIX, data);
    }

    static Invite decode(String text, IntFunction<Optional<KdfId>> others) {
        try {
            return read(ByteBuffer.wrap(Bech32m.decode(PREFIX, text)), others);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("this is not a channel invite: it ends too early", e);
        } catch (KdfLimitsException e) {
            // It is a valid invite, but nobody should use it to join.
            throw e;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("this is not a channel invite: " + e.getMessage(), e);
        }
    }

    private static Invite read(ByteBuffer in, IntFunction<Optional<KdfId>> others) {
        int version = in.get() & 0xff;
        if (version != VERSION) {
            throw new IllegalArgumentException("its version is " + version + ", but only 1 is known");
        }
        int networkCode = in.get() & 0xff;
        Network network = Network.ofCode(networkCode)
                .orElseThrow(() -> new IllegalArgumentException("there is no network " + networkCode));
        KdfParameters kdf = readKdf(in, others);
        int startDay = in.getShort() & 0xffff;
        byte[] salt = new byte[in.get() & 0xff];
        in.get(salt);
        byte[] name = new byte[in.remaining()];
        in.get(name);
        return new Invite(network, kdf, startDay, salt, readName(name));
    }

    private static KdfParameters readKdf(ByteBuffer in, IntFunction<Optional<KdfId>> others) {
        int code = in.get() & 0xff;
        KdfId id = KdfId.ofProtocol(code)
                .or(() -> others.apply(code))
                .orElseThrow(() -> new IllegalArgumentException("there is no key derivation " + code));
        int timeCost = in.get() & 0xff;
        long memory = in.getInt() & 0xffffffffL;
        int parallelism = in.get() & 0xff;
        return KdfLimits.parameters(id, timeCost, memory, parallelism);
    }

    private static String readName(byte[] name) {
        try {
            return NormalText.normal(NormalText.decode(name));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("its name is not UTF-8", e);
        }
    }
}

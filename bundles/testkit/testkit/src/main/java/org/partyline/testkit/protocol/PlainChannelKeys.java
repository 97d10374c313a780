package org.partyline.testkit.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import org.partyline.api.Bech32m;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.Invite;

/** A channel's roots, each the hash of the previous one. */
public final class PlainChannelKeys implements ChannelKeys {
    private static final String PREFIX = "plchan";
    /** At the position of a real invite's version, so that each codec rejects the other's invites. */
    private static final byte MARK = 'P';

    private static final int SALT_LENGTH = 16;
    private static final int FIXED_LENGTH = 12;

    @Override
    public byte[] salt(Network network, String name) {
        return Arrays.copyOf(Plain.hash("channel", Plain.of(network), normal(name)), SALT_LENGTH);
    }

    @Override
    public SecretBytes startingRoot(KeyDerivation kdf, KdfParameters parameters, byte[] salt, char[] passphrase) {
        if (passphrase.length == 0) {
            throw new IllegalArgumentException("a passphrase has at least 1 character");
        }
        requireSame(kdf, parameters);
        return kdf.derive(normal(CharBuffer.wrap(passphrase)), salt, parameters, Plain.KEY_LENGTH);
    }

    @Override
    public SecretBytes advance(SecretBytes root, int days) {
        if (days < 0) {
            throw new IllegalArgumentException("there is no way back, not by " + days + " days");
        }
        byte[] moved = root.expose().clone();
        for (int day = 0; day < days; day++) {
            moved = Plain.hash("day", moved);
        }
        return SecretBytes.wrap(moved);
    }

    @Override
    public SecretBytes beacon(SecretBytes root) {
        return Plain.secret("beacon", root.expose());
    }

    @Override
    public byte[] newLocator(SecretBytes beacon, SecureRandom random) {
        byte[] r = Plain.random(random, Plain.LOCATOR_HALF);
        return ByteBuffer.allocate(Packets.SEALED_LOCATOR)
                .put(r)
                .put(Plain.proof(beacon, r))
                .array();
    }

    @Override
    public SecretBytes sealedSecret(KeyDerivation kdf, KdfParameters parameters, SecretBytes root, byte[] locator) {
        Plain.requireLength("the locator of a sealed packet", Packets.SEALED_LOCATOR, locator.length);
        requireSame(kdf, parameters);
        return kdf.derive(root.expose(), locator, parameters, Plain.KEY_LENGTH);
    }

    @Override
    public String encode(Invite invite) {
        KdfParameters kdf = invite.kdf();
        byte[] name = normal(invite.name());
        return Bech32m.encode(
                PREFIX,
                ByteBuffer.allocate(FIXED_LENGTH + invite.salt().length + name.length)
                        .put(MARK)
                        .put(invite.network().code())
                        .putShort((short) invite.startDay())
                        .put((byte) kdf.id().code())
                        .put((byte) kdf.timeCost())
                        .put((byte) kdf.parallelism())
                        .putInt(kdf.memory())
                        .put((byte) invite.salt().length)
                        .put(invite.salt())
                        .put(name)
                        .array());
    }

    @Override
    public Invite decodeInvite(String text, IntFunction<Optional<KdfId>> others) {
        try {
            return read(ByteBuffer.wrap(Bech32m.decode(PREFIX, text)), others);
        } catch (KdfLimitsException e) {
            // It is an invite, but nobody should use it.
            throw e;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("this is not a channel invite: it ends too early", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("this is not a channel invite: " + e.getMessage(), e);
        }
    }

    private static Invite read(ByteBuffer in, IntFunction<Optional<KdfId>> others) {
        if (in.get() != MARK) {
            throw new IllegalArgumentException("its version is unknown");
        }
        Network network =
                Network.ofCode(in.get()).orElseThrow(() -> new IllegalArgumentException("there is no such network"));
        int startDay = Short.toUnsignedInt(in.getShort());
        int code = Byte.toUnsignedInt(in.get());
        KdfId id = KdfId.ofProtocol(code)
                .or(() -> others.apply(code))
                .orElseThrow(() -> new IllegalArgumentException("there is no key derivation " + code));
        int timeCost = Byte.toUnsignedInt(in.get());
        int parallelism = Byte.toUnsignedInt(in.get());
        long memory = Integer.toUnsignedLong(in.getInt());
        KdfParameters kdf = KdfLimits.parameters(id, timeCost, memory, parallelism);
        byte[] salt = Plain.take(in, Byte.toUnsignedInt(in.get()));
        return new Invite(network, kdf, startDay, salt, Plain.text(Plain.rest(in)));
    }

    private static byte[] normal(CharSequence text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
    }

    private static void requireSame(KeyDerivation kdf, KdfParameters parameters) {
        if (!kdf.id().equals(parameters.id())) {
            throw new IllegalArgumentException("these are parameters of " + parameters.id() + ", not of " + kdf.id());
        }
    }
}

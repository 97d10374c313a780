package org.partyline.packet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.Packets;

/** The AEAD key, nonce and associated data of one packet (PROTOCOL 2.2). Wiped after one operation. */
final class DerivedKey implements AutoCloseable {
    private static final byte[] LABEL_PREFIX = "partyline/2 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_SALT = new byte[0];

    private final byte[] key;
    private final byte[] nonce;
    private final byte[] associatedData;

    private DerivedKey(byte[] key, byte[] nonce, byte[] associatedData) {
        this.key = key;
        this.nonce = nonce;
        this.associatedData = associatedData;
    }

    /** Binds the packet's secret to its label, its network and the cipher. */
    static DerivedKey of(PacketKey packet, AeadId suite) {
        byte[] material = Hkdf.derive(
                packet.secret().expose(), NO_SALT, info(packet, suite), AeadId.KEY_LENGTH + suite.nonceLength());
        try {
            return new DerivedKey(
                    Arrays.copyOf(material, AeadId.KEY_LENGTH),
                    Arrays.copyOfRange(material, AeadId.KEY_LENGTH, material.length),
                    associatedData(packet, suite));
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    byte[] key() {
        return key;
    }

    byte[] nonce() {
        return nonce;
    }

    byte[] associatedData() {
        return associatedData;
    }

    /** Wipes the key. The nonce is no secret: the JSON view shows it. */
    @Override
    public void close() {
        Arrays.fill(key, (byte) 0);
    }

    private static byte[] info(PacketKey packet, AeadId suite) {
        byte[] label = packet.label().text().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(LABEL_PREFIX.length + label.length + 3)
                .put(LABEL_PREFIX)
                .put(label)
                .put((byte) 0)
                .put(packet.network().code())
                .put((byte) suite.code())
                .array();
    }

    private static byte[] associatedData(PacketKey packet, AeadId suite) {
        return ByteBuffer.allocate(packet.locator().length + 3)
                .put(Packets.VERSION)
                .put(packet.locator())
                .put(packet.network().code())
                .put((byte) suite.code())
                .array();
    }
}

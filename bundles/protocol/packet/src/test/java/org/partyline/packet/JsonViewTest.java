package org.partyline.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.packet.FragmentHeader;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.PacketView;

class JsonViewTest {
    private final WireCodec codec = new WireCodec(new PlainPadding());

    @Test
    void everyFieldStandsInItsPlace() {
        PacketView view = new PacketView(
                2,
                PacketType.FRAGMENT,
                Optional.of(Vectors.hex("765ac31f9a1f50d6")),
                Optional.of(Vectors.hex("bbfccecf8e4fcf3d")),
                OptionalInt.of(42),
                1_234_567_890,
                AeadId.XCHACHA20_POLY1305,
                Optional.of(KdfParameters.ARGON2ID_DEFAULT),
                Vectors.hex("fd236dc7be52325784bcc9a6183e8f63"),
                Vectors.hex("0a0b"),
                Vectors.hex("0c0d0e"),
                Vectors.hex("ff"),
                OptionalLong.of(3600),
                Optional.of(new FragmentHeader(791, 1, 5)));
        assertEquals(
                "{\"version\":2,\"msg_type\":\"FRAGMENT\",\"sender_id\":\"765ac31f9a1f50d6\","
                        + "\"session_id\":\"bbfccecf8e4fcf3d\",\"sequence\":42,"
                        + "\"timestamp\":1234567890,\"cipher_suite\":\"XCHACHA20_POLY1305\",\"kdf_suite\":\"ARGON2ID\","
                        + "\"kdf_params\":{\"salt\":\"fd236dc7be52325784bcc9a6183e8f63\",\"time_cost\":3,"
                        + "\"memory_cost\":65536,\"parallelism\":4},"
                        + "\"nonce\":\"0a0b\",\"payload\":\"0c0d0e\",\"tag\":\"ff\","
                        + "\"ttl\":3600,\"fragment_info\":{\"id\":791,\"index\":1,\"count\":5}}",
                codec.json(view));
    }

    @Test
    void whatThereIsNotIsAbsent() {
        PacketView view = new PacketView(
                2,
                PacketType.TEXT,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                0xffffffffL,
                AeadId.AES_256_GCM,
                Optional.empty(),
                new byte[0],
                new byte[] {1},
                new byte[0],
                new byte[] {2},
                OptionalLong.empty(),
                Optional.empty());
        assertEquals(
                "{\"version\":2,\"msg_type\":\"TEXT\",\"timestamp\":4294967295,\"cipher_suite\":\"AES_256_GCM\","
                        + "\"nonce\":\"01\",\"payload\":\"\",\"tag\":\"02\"}",
                codec.json(view));
    }

    @Test
    void aVersionOneMessageHasTheSameForm() {
        PacketView view = new PacketView(
                1,
                PacketType.LEGACY,
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                1_700_000_000,
                AeadId.AES_256_EAX,
                Optional.of(KdfParameters.PBKDF2_DEFAULT),
                "mempool_partyline_salt".getBytes(StandardCharsets.US_ASCII),
                new byte[] {1},
                new byte[] {3},
                new byte[] {2},
                OptionalLong.empty(),
                Optional.empty());
        assertEquals(
                "{\"version\":1,\"msg_type\":\"LEGACY\",\"timestamp\":1700000000,\"cipher_suite\":\"AES_256_EAX\","
                        + "\"kdf_suite\":\"PBKDF2_SHA256\",\"kdf_params\":{"
                        + "\"salt\":\"6d656d706f6f6c5f70617274796c696e655f73616c74\",\"time_cost\":0,"
                        + "\"memory_cost\":100000,\"parallelism\":0},"
                        + "\"nonce\":\"01\",\"payload\":\"03\",\"tag\":\"02\"}",
                codec.json(view));
    }
}

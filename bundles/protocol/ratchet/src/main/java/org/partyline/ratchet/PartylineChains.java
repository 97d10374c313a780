package org.partyline.ratchet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.Hkdf;
import org.partyline.api.packet.NewChain;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;

/** Creates both ends of chains, and the tables for finding their packets (PROTOCOL 5). */
@Component
public final class PartylineChains implements Chains {
    private static final byte[] CHAIN_INFO_PREFIX = "partyline/2 chain\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SESSION_ID = {4};
    private static final int SESSION_ID_LENGTH = 8;

    /** For Declarative Services. */
    public PartylineChains() {}

    @Override
    public SecretBytes channelChainKey(byte[] seed, SecretBytes root, Network network) {
        if (seed.length != NewChain.SEED_LENGTH) {
            throw new IllegalArgumentException("a chain seed has 16 bytes, not " + seed.length);
        }
        byte[] info = ByteBuffer.allocate(CHAIN_INFO_PREFIX.length + 1)
                .put(CHAIN_INFO_PREFIX)
                .put(network.code())
                .array();
        return SecretBytes.wrap(Hkdf.derive(seed, root.expose(), info, ChainKey.LENGTH));
    }

    @Override
    public byte[] sessionId(SecretBytes chainKey0) {
        return Arrays.copyOf(Hkdf.hmac(chainKey0.expose(), SESSION_ID), SESSION_ID_LENGTH);
    }

    @Override
    public SendChain send(SecretBytes chainKey0, Instant started) {
        return SteppingSendChain.start(ChainKey.of(chainKey0), started, false);
    }

    @Override
    public SendChain sendSession(SecretBytes chainKey0, Instant started) {
        return SteppingSendChain.start(ChainKey.of(chainKey0), started, true);
    }

    /** {@inheritDoc} Throws {@link IllegalArgumentException} if the state is invalid. */
    @Override
    public SendChain decodeSend(byte[] encoded) {
        return SteppingSendChain.decode(encoded);
    }

    @Override
    public ReceiveChain receive(SecretBytes chainKey0, Instant started) {
        return WindowedReceiveChain.start(ChainKey.of(chainKey0), started);
    }

    /** {@inheritDoc} Throws {@link IllegalArgumentException} if the state is invalid. */
    @Override
    public ReceiveChain decodeReceive(byte[] encoded) {
        return WindowedReceiveChain.decode(encoded);
    }

    @Override
    public LocatorTable newLocatorTable() {
        return new PrimitiveLocatorTable();
    }

    @Override
    public BeaconTable newBeaconTable() {
        return new MidstateBeaconTable();
    }
}

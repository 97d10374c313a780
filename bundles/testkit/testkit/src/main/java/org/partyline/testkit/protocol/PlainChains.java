package org.partyline.testkit.protocol;

import java.time.Instant;
import java.util.Arrays;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.NewChain;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;

/** Chains of hashes, with tables that are maps and lists. */
public final class PlainChains implements Chains {
    private static final int SESSION_ID_LENGTH = 8;

    @Override
    public SecretBytes channelChainKey(byte[] seed, SecretBytes root, Network network) {
        Plain.requireLength("a chain seed", NewChain.SEED_LENGTH, seed.length);
        return Plain.secret("channel chain", seed, root.expose(), Plain.of(network));
    }

    @Override
    public byte[] sessionId(SecretBytes chainKey0) {
        return Arrays.copyOf(Plain.hash("session id", chainKey0.expose()), SESSION_ID_LENGTH);
    }

    @Override
    public SendChain send(SecretBytes chainKey0, Instant started) {
        return new PlainSendChain(PlainChainKey.first(chainKey0), 0, started, MAX_MESSAGES);
    }

    @Override
    public SendChain sendSession(SecretBytes chainKey0, Instant started) {
        return new PlainSendChain(PlainChainKey.first(chainKey0), 0, started, Integer.MAX_VALUE);
    }

    @Override
    public SendChain decodeSend(byte[] encoded) {
        return PlainSendChain.decode(encoded);
    }

    @Override
    public ReceiveChain receive(SecretBytes chainKey0, Instant started) {
        return PlainReceiveChain.start(PlainChainKey.first(chainKey0), started);
    }

    @Override
    public ReceiveChain decodeReceive(byte[] encoded) {
        return PlainReceiveChain.decode(encoded);
    }

    @Override
    public LocatorTable newLocatorTable() {
        return new PlainLocatorTable();
    }

    @Override
    public BeaconTable newBeaconTable() {
        return new PlainBeaconTable();
    }
}

package org.partyline.transportbitcoinj;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bitcoinj.core.Block;
import org.bitcoinj.core.CheckpointManager;
import org.bitcoinj.core.NetworkParameters;
import org.bitcoinj.core.StoredBlock;
import org.bitcoinj.params.MainNetParams;
import org.bitcoinj.params.RegTestParams;
import org.bitcoinj.params.SigNetParams;
import org.bitcoinj.params.TestNet3Params;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Header;
import org.partyline.bitcointx.PinnedBlock;

/**
 * The constants of a Bitcoin network's protocol and chain.
 *
 * @param network the network
 * @param magic the first four bytes of every message
 * @param port the default port of its nodes
 * @param genesis its first block
 * @param easiest the largest valid target
 * @param difficulty how targets change
 * @param seeds host names that resolve to nodes
 * @param pinned a block that distinguishes the chain from another one; empty if there is only one
 * @param library bitcoinj's parameters; testnet4, which it does not support, uses those of testnet3
 */
record ChainParameters(
        Network network,
        int magic,
        int port,
        Anchor genesis,
        BigInteger easiest,
        Difficulty difficulty,
        List<String> seeds,
        Optional<PinnedBlock> pinned,
        NetworkParameters library) {
    /** The rules for changing targets. */
    enum Difficulty {
        /** Every 2016 blocks, by the time that they took. */
        RETARGETS,
        /**
         * The same, but a block may have the easiest target 20 minutes after the previous one: not verified in detail.
         */
        MAY_BE_EASY,
        /** Never. */
        CONSTANT
    }

    /**
     * A trusted block from which the header chain starts.
     *
     * @param height its height
     * @param header its header
     * @param work the work of the chain up to and including it
     */
    record Anchor(int height, Header header, BigInteger work) {}

    private static final String TESTNET4_GENESIS = "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043";
    private static final String TESTNET4_ROOT = "7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e";

    /** @throws IllegalArgumentException for the embedded network, which has no network protocol */
    static ChainParameters of(Network network) {
        return switch (network) {
            case MAINNET -> of(network, MainNetParams.get(), Difficulty.RETARGETS);
            case SIGNET -> of(network, SigNetParams.get(), Difficulty.RETARGETS);
            case TESTNET3 -> of(network, TestNet3Params.get(), Difficulty.MAY_BE_EASY);
            case REGTEST -> of(network, RegTestParams.get(), Difficulty.CONSTANT);
            case TESTNET4 -> testnet4();
            case EMBEDDED -> throw new IllegalArgumentException("the embedded network has no peers");
        };
    }

    private static ChainParameters of(Network network, NetworkParameters library, Difficulty difficulty) {
        String[] seeds = library.getDnsSeeds();
        Header genesis = header(library.getGenesisBlock());
        return new ChainParameters(
                network,
                library.getPacketMagic(),
                library.getPort(),
                new Anchor(0, genesis, Header.work(genesis.bits())),
                library.getMaxTarget(),
                difficulty,
                seeds == null ? List.of() : List.of(seeds),
                PinnedBlock.of(network),
                library);
    }

    private static ChainParameters testnet4() {
        Header genesis = new Header(
                TxId.of(TESTNET4_GENESIS),
                TxId.ofBytes(new byte[TxId.LENGTH]),
                TxId.of(TESTNET4_ROOT),
                1_714_777_860L,
                0x1d00ffffL);
        return new ChainParameters(
                Network.TESTNET4,
                0x1c163f28,
                48333,
                new Anchor(0, genesis, Header.work(genesis.bits())),
                Header.target(0x1d00ffffL),
                Difficulty.MAY_BE_EASY,
                List.of("seed.testnet4.bitcoin.sprovoost.nl", "seed.testnet4.wiz.biz"),
                Optional.empty(),
                TestNet3Params.get());
    }

    /** Converts bitcoinj's header. */
    static Header header(Block block) {
        return new Header(
                TxId.ofBytes(block.getHash().getBytes()),
                TxId.ofBytes(block.getPrevBlockHash().getBytes()),
                TxId.ofBytes(block.getMerkleRoot().getBytes()),
                block.getTimeSeconds(),
                block.getDifficultyTarget());
    }

    /** The last anchor at or below a height: one of bitcoinj's check points, or the genesis block. */
    Anchor anchorBelow(int height) {
        if (network == Network.REGTEST || network == Network.TESTNET4) {
            return genesis;
        }
        try (InputStream file = CheckpointManager.openStream(library)) {
            CheckpointManager points = new CheckpointManager(library, file);
            Anchor best = genesis;
            // By time, since the library has no other way: from the newest down to one that is low enough.
            for (Instant time = Instant.MAX;
                    time.isAfter(Instant.ofEpochSecond(genesis.header().time())); ) {
                StoredBlock point = points.getCheckpointBefore(time == Instant.MAX ? farFuture() : time);
                if (point.getHeight() <= height) {
                    Header header = header(point.getHeader());
                    best = point.getHeight() == 0
                            ? genesis
                            : new Anchor(point.getHeight(), header, point.getChainWork());
                    break;
                }
                time = point.getHeader().time().minusSeconds(1);
            }
            return best;
        } catch (IOException e) {
            throw new IllegalStateException("the check points of " + network.label() + " cannot be read", e);
        }
    }

    private static Instant farFuture() {
        return Instant.ofEpochSecond(0xffffffffL);
    }
}

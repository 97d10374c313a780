package org.partyline.bitcointx;

import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.TxId;

/**
 * A block that distinguishes Bitcoin's chain from another one with the same genesis block, magic number and ports.
 * Bitcoin Knots with BIP-110 left Bitcoin's chain at block 961,632 in August 2026.
 *
 * @param height of the block
 * @param hash of the block on Bitcoin's chain
 */
public record PinnedBlock(int height, TxId hash) {
    /** The block for a network; empty if the network has only one chain. */
    public static Optional<PinnedBlock> of(Network network) {
        return network == Network.MAINNET
                ? Optional.of(new PinnedBlock(
                        963_647, TxId.of("00000000000000000000d29ee44c13e924c37abcaa80c537609ce70b1fea1f33")))
                : Optional.empty();
    }

    /** Says why a node without this block is not used yet. @param tip the height of its best block */
    public String notReached(int tip) {
        return "it is at block " + tip + ": it is used once block " + height + " shows which chain it follows";
    }

    /** Says why a node with another block at this height is refused. */
    public String otherChain() {
        return "it follows another chain than Bitcoin's: its block " + height
                + " differs (Bitcoin Knots left Bitcoin's chain in August 2026); use Bitcoin Core";
    }
}

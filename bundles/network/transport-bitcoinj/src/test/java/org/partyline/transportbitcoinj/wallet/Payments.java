package org.partyline.transportbitcoinj.wallet;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutPoint;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.script.ScriptBuilder;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;

/** Creates strangers' payments, and empty blocks. */
final class Payments {
    private static final ECKey STRANGER = ECKey.fromPrivate(BigInteger.valueOf(99));

    private Payments() {}

    /** A payment by a stranger. @param number selects the spent coin */
    static byte[] to(int number, String address, long... amounts) {
        return to(number, Addresses.program(Network.REGTEST, address).orElseThrow(), amounts);
    }

    static byte[] to(int number, byte[] program, long... amounts) {
        return spending(TxId.ofBytes(coin(number)), 0, program, amounts);
    }

    private static byte[] coin(int number) {
        byte[] id = new byte[32];
        Arrays.fill(id, (byte) 1);
        id[0] = (byte) (number >> 8);
        id[1] = (byte) number;
        return id;
    }

    /** A transaction without signatures. */
    static byte[] spending(TxId coin, long index, byte[] program, long... amounts) {
        Transaction transaction = new Transaction();
        transaction.addInput(new TransactionInput(
                transaction,
                new byte[0],
                new TransactionOutPoint(index, Sha256Hash.wrap(coin.bytes())),
                0xfffffffdL,
                null,
                null));
        for (long amount : amounts) {
            transaction.addOutput(Coin.valueOf(amount), ScriptBuilder.createP2WPKHOutputScript(program));
        }
        return transaction.serialize();
    }

    static byte[] strangersProgram() {
        return STRANGER.getPubKeyHash();
    }

    static BlockRef block(int height) {
        return block(height, 0);
    }

    /** @param branch selects one of several blocks of the same height */
    static BlockRef block(int height, int branch) {
        byte[] hash = new byte[32];
        hash[28] = (byte) branch;
        hash[30] = (byte) (height >> 8);
        hash[31] = (byte) height;
        return new BlockRef(
                height,
                TxId.ofBytes(hash),
                Instant.parse("2026-05-01T00:00:00Z").plusSeconds(600L * height));
    }
}

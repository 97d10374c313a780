package org.partyline.bitcoinsigner;

import java.math.BigInteger;
import java.util.Arrays;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.SignatureDecodeException;
import org.bitcoinj.crypto.TransactionSignature;
import org.bitcoinj.script.ScriptBuilder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

/**
 * Signs for P2WPKH coins (BIP143) with low S and low R, as Bitcoin Core's wallet does, so that the size of signatures
 * does not distinguish our transactions; verifies such signatures.
 */
public final class P2wpkhSigner {
    /** The maximum size of a witness from {@link #sign}: count, 71 bytes of signature, 33 of key, two lengths. */
    public static final int WITNESS_BYTES = 1 + 1 + 71 + 1 + 33;

    private static final int KEY_BYTES = 33;
    /** Every second R is low: this many failures never happen. */
    private static final int ROUNDS = 500;

    private P2wpkhSigner() {}

    /**
     * Creates the witness of an input.
     *
     * @param transaction the transaction with all its inputs and outputs
     * @param input its index, from 0
     * @param key the key with its private part
     * @param amount the amount of the spent coin in satoshi
     * @param variant another value results in another signature; 0 to 99
     */
    public static TransactionWitness sign(Transaction transaction, int input, ECKey key, long amount, int variant) {
        byte[] hash = hash(transaction, input, key, amount, Transaction.SigHash.ALL.byteValue())
                .getBytes();
        ECPrivateKeyParameters secret = new ECPrivateKeyParameters(key.getPrivKey(), ECKey.ecDomainParameters());
        int round = variant * ROUNDS;
        BigInteger[] pair = attempt(secret, hash, round);
        while (pair[0].testBit(255)) {
            pair = attempt(secret, hash, ++round);
        }
        ECKey.ECDSASignature signature = new ECKey.ECDSASignature(pair[0], pair[1]).toCanonicalised();
        return TransactionWitness.redeemP2WPKH(
                new TransactionSignature(signature, Transaction.SigHash.ALL, false), key);
    }

    private static Sha256Hash hash(Transaction transaction, int input, ECKey key, long amount, byte flags) {
        byte[] code = ScriptBuilder.createP2PKHOutputScript(key).program();
        return transaction.hashForWitnessSignature(input, code, Coin.valueOf(amount), flags);
    }

    private static BigInteger[] attempt(ECPrivateKeyParameters secret, byte[] hash, int round) {
        ECDSASigner signer = new ECDSASigner(new Nonces(round));
        signer.init(true, secret);
        return signer.generateSignature(hash);
    }

    /**
     * Whether an input's witness is valid for the P2WPKH coin that it spends.
     *
     * @param input its index, from 0
     * @param amount the amount of the coin in satoshi
     * @param program the coin's key hash, 20 bytes
     */
    public static boolean valid(Transaction transaction, int input, byte[] program, long amount) {
        TransactionWitness witness = transaction.getInput(input).getWitness();
        if (witness.getPushCount() != 2
                || witness.getPush(1).length != KEY_BYTES
                || transaction.getInput(input).getScriptBytes().length != 0) {
            return false;
        }
        try {
            TransactionSignature signature = TransactionSignature.decodeFromBitcoin(witness.getPush(0), true, true);
            ECKey key = ECKey.fromPublicOnly(witness.getPush(1));
            // Not Script.correctlySpends, which omits the ANYONECANPAY bit from the hash.
            return Arrays.equals(key.getPubKeyHash(), program)
                    && key.verify(hash(transaction, input, key, amount, (byte) signature.sighashFlags), signature);
        } catch (SignatureDecodeException | RuntimeException e) {
            // Bytes that are not a signature or a point of the curve are invalid.
            return false;
        }
    }

    /** Generates nonces by RFC 6979; later rounds add their number, as section 3.6 allows. */
    private static final class Nonces extends HMacDSAKCalculator {
        private final int round;

        Nonces(int round) {
            super(new SHA256Digest());
            this.round = round;
        }

        @Override
        protected void initAdditionalInput0(HMac mac) {
            update(mac);
        }

        @Override
        protected void initAdditionalInput1(HMac mac) {
            update(mac);
        }

        private void update(HMac mac) {
            if (round > 0) {
                byte[] extra = new byte[32];
                extra[0] = (byte) round;
                extra[1] = (byte) (round >> 8);
                mac.update(extra, 0, extra.length);
            }
        }
    }
}

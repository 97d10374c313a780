package org.partyline.transportembedded;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.TransactionSignature;
import org.bitcoinj.script.Script;
import org.bitcoinj.script.ScriptBuilder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

/**
 * Signs P2WPKH inputs as Bitcoin Core's wallet does: low S (BIP146) and low R, so that signatures have Core's size and
 * our transactions do not stand out by it.
 */
final class LowRSigner {
    private static final int ENTROPY = 32;
    /** More attempts than one signature ever takes. */
    private static final int ROUND = 1000;

    private LowRSigner() {}

    /** The witness for an input that spends a P2WPKH coin. */
    static TransactionWitness sign(Transaction transaction, int input, ECKey key, long amount) {
        return sign(transaction, input, key, amount, 0);
    }

    /** @param round 0, or more for another signature of the same transaction */
    static TransactionWitness sign(Transaction transaction, int input, ECKey key, long amount, int round) {
        Script code = ScriptBuilder.createP2PKHOutputScript(key);
        Sha256Hash hash =
                transaction.hashForWitnessSignature(input, code, Coin.valueOf(amount), Transaction.SigHash.ALL, false);
        ECKey.ECDSASignature signature = sign(key, hash.getBytes(), round * ROUND);
        return TransactionWitness.redeemP2WPKH(
                new TransactionSignature(signature, Transaction.SigHash.ALL, false), key);
    }

    /** The first signature whose R needs no sign byte, about every second. */
    private static ECKey.ECDSASignature sign(ECKey key, byte[] hash, int from) {
        ECPrivateKeyParameters secret = new ECPrivateKeyParameters(key.getPrivKey(), ECKey.ecDomainParameters());
        for (int attempt = from; ; attempt++) {
            ECDSASigner signer = new ECDSASigner(new Nonces(attempt));
            signer.init(true, secret);
            BigInteger[] rs = signer.generateSignature(hash);
            if (rs[0].bitLength() < 256) {
                return new ECKey.ECDSASignature(rs[0], rs[1]).toCanonicalised();
            }
        }
    }

    /** RFC 6979 nonces; from the second attempt on with a counter as the additional input of its section 3.6. */
    private static final class Nonces extends HMacDSAKCalculator {
        private final int attempt;

        Nonces(int attempt) {
            super(new SHA256Digest());
            this.attempt = attempt;
        }

        @Override
        protected void initAdditionalInput0(HMac hmac) {
            add(hmac);
        }

        @Override
        protected void initAdditionalInput1(HMac hmac) {
            add(hmac);
        }

        private void add(HMac hmac) {
            if (attempt > 0) {
                byte[] counter = ByteBuffer.allocate(ENTROPY)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(attempt)
                        .array();
                hmac.update(counter, 0, counter.length);
            }
        }
    }
}

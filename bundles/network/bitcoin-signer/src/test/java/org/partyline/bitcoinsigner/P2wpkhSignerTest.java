package org.partyline.bitcoinsigner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionOutPoint;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.script.ScriptBuilder;
import org.junit.jupiter.api.Test;

class P2wpkhSignerTest {
    private static final long AMOUNT = 50_000;
    private final ECKey key = ECKey.fromPrivate(BigInteger.valueOf(4711));

    private Transaction signed(long out) {
        return signed(out, 0);
    }

    private Transaction signed(long out, int variant) {
        Transaction transaction = new Transaction();
        transaction.setVersion(2);
        transaction.addInput(new TransactionInput(
                transaction,
                new byte[0],
                new TransactionOutPoint(1, Sha256Hash.of(new byte[] {7})),
                0xfffffffdL,
                null,
                null));
        transaction.addOutput(Coin.valueOf(out), ScriptBuilder.createP2WPKHOutputScript(key));
        transaction.replaceInput(
                0, transaction.getInput(0).withWitness(P2wpkhSigner.sign(transaction, 0, key, AMOUNT, variant)));
        return transaction;
    }

    @Test
    void everySignatureIsShortAndValid() {
        for (int i = 0; i < 40; i++) {
            Transaction transaction = signed(1000 + i);
            byte[] signature = transaction.getInput(0).getWitness().getPush(0);

            assertTrue(signature.length <= 71, "a signature of " + signature.length + " bytes");
            assertTrue(P2wpkhSigner.valid(transaction, 0, key.getPubKeyHash(), AMOUNT));
        }
    }

    @Test
    void signingIsRepeatable() {
        assertEquals(signed(1000).getWTxId(), signed(1000).getWTxId());
    }

    @Test
    void anotherVariantIsAnotherValidSignature() {
        Transaction transaction = signed(1000, 1);

        assertNotEquals(signed(1000).getWTxId(), transaction.getWTxId());
        assertEquals(signed(1000).getTxId(), transaction.getTxId());
        assertTrue(P2wpkhSigner.valid(transaction, 0, key.getPubKeyHash(), AMOUNT));
    }

    @Test
    void aSignatureForAnotherAmountOrCoinIsNone() {
        Transaction transaction = signed(1000);

        assertFalse(P2wpkhSigner.valid(transaction, 0, key.getPubKeyHash(), AMOUNT + 1));
        assertFalse(P2wpkhSigner.valid(
                transaction, 0, ECKey.fromPrivate(BigInteger.TEN).getPubKeyHash(), AMOUNT));
    }

    @Test
    void aSignatureWhoseFlagsSomebodyChangedIsNone() {
        Transaction transaction = signed(1000);
        TransactionWitness witness = transaction.getInput(0).getWitness();
        byte[] signature = witness.getPush(0).clone();
        // SIGHASH_ALL with ANYONECANPAY
        signature[signature.length - 1] = (byte) 0x81;
        transaction.replaceInput(
                0, transaction.getInput(0).withWitness(TransactionWitness.of(signature, witness.getPush(1))));

        assertFalse(P2wpkhSigner.valid(transaction, 0, key.getPubKeyHash(), AMOUNT));
    }

    @Test
    void garbageIsNoSignature() {
        Transaction transaction = signed(1000);
        transaction.replaceInput(
                0, transaction.getInput(0).withWitness(TransactionWitness.of(new byte[71], new byte[33])));
        assertFalse(P2wpkhSigner.valid(transaction, 0, key.getPubKeyHash(), AMOUNT));
        transaction.replaceInput(0, transaction.getInput(0).withoutWitness());
        assertFalse(P2wpkhSigner.valid(transaction, 0, key.getPubKeyHash(), AMOUNT));
    }
}

package org.partyline.transportembedded;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bitcoinj.base.Coin;
import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.SignatureDecodeException;
import org.bitcoinj.crypto.TransactionSignature;
import org.bitcoinj.script.Script;
import org.bitcoinj.script.ScriptBuilder;
import org.bitcoinj.script.ScriptChunk;
import org.bitcoinj.script.ScriptOpCodes;
import org.bitcoinj.script.ScriptPattern;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionRejectedException.Reason;

/** Checks a transaction by itself, with Bitcoin Core's error texts: its standard form and its signatures. */
final class Rules {
    static final int MAX_STANDARD_WEIGHT = 400_000;
    private static final int MIN_STRIPPED_SIZE = 65;

    private Rules() {}

    /** Core's {@code IsStandardTx}, without forms that cannot be spent on this network. */
    static void checkStandard(Tx tx, EmbeddedSettings settings) throws TransactionRejectedException {
        Transaction transaction = tx.transaction();
        require(transaction.getVersion() == 1 || transaction.getVersion() == 2, "version");
        require(transaction.getWeight() <= MAX_STANDARD_WEIGHT, "tx-size");
        require(strippedSize(transaction) >= MIN_STRIPPED_SIZE, "tx-size-small");
        int dataOutputs = 0;
        int dataBytes = 0;
        List<Script> scripts = tx.scripts();
        for (int i = 0; i < scripts.size(); i++) {
            Script script = scripts.get(i);
            if (Tx.isData(script)) {
                require(pushesOnly(script), "scriptpubkey");
                dataOutputs++;
                dataBytes += script.program().length;
            } else {
                long value = transaction.getOutput(i).getValue().getValue();
                require(value >= dust(script), "dust");
            }
        }
        require(dataBytes <= settings.maxScriptBytes(), "datacarrier");
        require(dataOutputs <= settings.maxOutputs(), "multi-op-return");
    }

    /** The minimum amount of an output in satoshi: three times the cost of spending it at 1 sat/vB. */
    private static long dust(Script script) throws TransactionRejectedException {
        if (ScriptPattern.isP2WPKH(script)) {
            return 294;
        }
        if (ScriptPattern.isP2WSH(script) || ScriptPattern.isP2TR(script)) {
            return 330;
        }
        if (ScriptPattern.isP2PKH(script)) {
            return 546;
        }
        if (ScriptPattern.isP2SH(script)) {
            return 540;
        }
        throw new TransactionRejectedException(Reason.NOT_STANDARD, "scriptpubkey");
    }

    private static boolean pushesOnly(Script script) {
        List<ScriptChunk> chunks = script.chunks();
        return chunks.subList(1, chunks.size()).stream().allMatch(c -> c.opcode <= ScriptOpCodes.OP_16);
    }

    private static int strippedSize(Transaction transaction) {
        // weight = 3 × stripped + total (BIP141)
        return (transaction.getWeight() - transaction.messageSize()) / 3;
    }

    private static void require(boolean ok, String reason) throws TransactionRejectedException {
        if (!ok) {
            throw new TransactionRejectedException(Reason.NOT_STANDARD, reason);
        }
    }

    /**
     * Checks every input's signature over the amount that it spends (BIP143).
     *
     * @param spent the coins of the inputs, in order
     */
    static void verifyScripts(Tx tx, List<Utxo> spent) throws TransactionRejectedException {
        Transaction transaction = tx.transaction();
        for (int i = 0; i < spent.size(); i++) {
            TransactionInput input = transaction.getInput(i);
            TransactionWitness witness = input.getWitness();
            // BIP141: a witness program needs an empty scriptSig, and P2WPKH two witness items.
            if (input.getScriptBytes().length != 0 || witness.getPushCount() != 2 || witness.getPush(1).length != 33) {
                throw badScript(i, "Witness program was passed a wrong witness");
            }
            if (!signed(transaction, i, witness, spent.get(i))) {
                throw badScript(i, "Signature must be valid for the coin");
            }
        }
    }

    /**
     * The check of BIP143 with bitcoinj's classes. Its {@code Script.correctlySpends} omits the ANYONECANPAY bit from
     * the hash, and so accepts a transaction whose signature was changed in that bit.
     */
    private static boolean signed(Transaction transaction, int input, TransactionWitness witness, Utxo coin) {
        try {
            TransactionSignature signature = TransactionSignature.decodeFromBitcoin(witness.getPush(0), true, true);
            ECKey key = ECKey.fromPublicOnly(witness.getPush(1));
            byte[] code = ScriptBuilder.createP2PKHOutputScript(key).program();
            Sha256Hash hash = transaction.hashForWitnessSignature(
                    input, code, Coin.valueOf(coin.value()), (byte) signature.sighashFlags);
            return Arrays.equals(key.getPubKeyHash(), HexFormat.of().parseHex(coin.program()))
                    && key.verify(hash, signature);
        } catch (SignatureDecodeException | RuntimeException e) {
            // Bytes that are not a signature or a point of the curve are no signature.
            return false;
        }
    }

    private static TransactionRejectedException badScript(int input, String why) {
        return new TransactionRejectedException(
                Reason.OTHER, "mandatory-script-verify-flag-failed (" + why + "), input " + input);
    }
}

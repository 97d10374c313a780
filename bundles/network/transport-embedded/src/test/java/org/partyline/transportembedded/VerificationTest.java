package org.partyline.transportembedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionInput;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.TransactionSignature;
import org.bitcoinj.script.Script;
import org.bitcoinj.script.ScriptBuilder;
import org.bitcoinj.script.ScriptOpCodes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.transport.TransactionPlace;
import org.partyline.api.transport.TransactionRejectedException;
import org.partyline.api.transport.TransactionRejectedException.Reason;

class VerificationTest {
    @TempDir
    Path home;

    private TestNode node;
    private Utxo coin;

    @BeforeEach
    void start() throws Exception {
        node = new TestNode(home);
        coin = Spender.coins(node, 1, 1_000_000).get(0);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    private TransactionRejectedException refused(byte[] raw) {
        TransactionRejectedException refused = assertThrows(
                TransactionRejectedException.class, () -> node.transport().broadcast(raw));
        assertEquals(0, node.transport().status().mempoolSize());
        return refused;
    }

    private void refused(byte[] raw, Reason reason, String message) {
        TransactionRejectedException refused = refused(raw);
        assertEquals(message, refused.getMessage());
        assertEquals(reason, refused.reason());
    }

    private Spender spend() {
        return Spender.of(coin);
    }

    @Test
    void aGoodTransactionIsTakenAndFound() throws Exception {
        byte[] raw = spend().data(80).change(1000).raw();
        node.transport().broadcast(raw);
        node.transport().broadcast(raw);

        assertEquals(TransactionPlace.MEMPOOL, node.transport().locate(Spender.id(raw)));
        assertArrayEquals(raw, node.transport().fetch(Spender.id(raw)).orElseThrow());
        node.transport().mine();
        node.transport().broadcast(raw);
        assertEquals(
                Optional.of(node.ledger().tip()),
                node.transport().locate(Spender.id(raw)).block());
        assertArrayEquals(raw, node.transport().fetch(Spender.id(raw)).orElseThrow());
    }

    @Test
    void aFlippedBitAnywhereIsRefused() throws Exception {
        byte[] raw = spend().data(80).change(1000).raw();
        for (int i = 0; i < raw.length; i++) {
            byte[] flipped = raw.clone();
            flipped[i] ^= (byte) (1 << (i % 8));
            refused(flipped);
        }
        node.transport().broadcast(raw);
    }

    @Test
    void everyFlippedBitOfTheSignatureIsRefused() throws Exception {
        Transaction good = spend().data(80).change(1000).transaction();
        TransactionWitness witness = good.getInput(0).getWitness();
        byte[] signature = witness.getPush(0);
        for (int bit = 0; bit < 8 * signature.length; bit++) {
            byte[] flipped = signature.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            TransactionRejectedException refused =
                    refused(withWitness(good, TransactionWitness.of(flipped, witness.getPush(1))));
            assertTrue(refused.getMessage().startsWith("mandatory-script-verify-flag-failed"), refused.getMessage());
        }
        node.transport().broadcast(withWitness(good, witness));
    }

    private static byte[] withWitness(Transaction transaction, TransactionWitness witness) {
        transaction.replaceInput(0, transaction.getInput(0).withWitness(witness));
        return transaction.serialize();
    }

    @Test
    void aSignatureOverAnotherAmountIsRefused() {
        String reason = "mandatory-script-verify-flag-failed (Signature must be valid for the coin), input 0";
        refused(spend().data(80).change(1000).amountOff(1).raw(), Reason.OTHER, reason);
        refused(spend().data(80).change(1000).amountOff(-1).raw(), Reason.OTHER, reason);
    }

    @Test
    void aSignatureOfAnotherKeyIsRefused() {
        ECKey thief = ECKey.fromPrivate(BigInteger.valueOf(4712));
        refused(
                spend().data(80).change(1000).key(thief).raw(),
                Reason.OTHER,
                "mandatory-script-verify-flag-failed (Signature must be valid for the coin), input 0");
    }

    @Test
    void aHighSignatureIsRefused() throws Exception {
        Transaction good = spend().data(80).change(1000).transaction();
        TransactionWitness witness = good.getInput(0).getWitness();
        TransactionSignature low = TransactionSignature.decodeFromBitcoin(witness.getPush(0), true, true);
        TransactionSignature high = new TransactionSignature(
                low.r, ECKey.ecDomainParameters().getN().subtract(low.s), low.sighashFlags);

        refused(withWitness(good, TransactionWitness.of(high.encodeToBitcoin(), witness.getPush(1))));
    }

    @Test
    void aWitnessOfAnotherFormIsRefused() throws Exception {
        Transaction good = spend().data(80).change(1000).transaction();
        TransactionWitness witness = good.getInput(0).getWitness();
        String reason = "mandatory-script-verify-flag-failed (Witness program was passed a wrong witness), input 0";

        refused(withWitness(good, TransactionWitness.of(witness.getPush(0))), Reason.OTHER, reason);
        refused(
                withWitness(good, TransactionWitness.of(witness.getPush(0), witness.getPush(1), new byte[1])),
                Reason.OTHER,
                reason);
        refused(
                withWitness(
                        good,
                        TransactionWitness.of(
                                witness.getPush(0), Spender.KEY.decompress().getPubKey())),
                Reason.OTHER,
                reason);
        TransactionInput signed = good.getInput(0).withWitness(witness);
        good.replaceInput(0, signed.withScriptBytes(new byte[] {0x51}));
        refused(good.serialize(), Reason.OTHER, reason);
    }

    @Test
    void moneyFromNothingIsRefused() {
        refused(
                spend().pay(1_000_001).raw(),
                Reason.OTHER,
                "bad-txns-in-belowout, value in (0.01000000) < value out (0.01000001)");
    }

    @Test
    void aCoinThatIsSpentOrUnknownIsRefused() throws Exception {
        byte[] first = spend().data(80).change(1000).raw();
        byte[] second = spend().data(64).change(5000).raw();
        node.transport().broadcast(first);
        node.transport().mine();

        refused(second, Reason.INPUTS_GONE, "bad-txns-inputs-missingorspent");
        Utxo unknown = new Utxo(new Outpoint(Spender.id(first), 7), 1000, Spender.PROGRAM, 1);
        refused(Spender.of(unknown).pay(500).raw(), Reason.INPUTS_GONE, "bad-txns-inputs-missingorspent");
        Utxo data = new Utxo(new Outpoint(Spender.id(first), 0), 0, Spender.PROGRAM, 1);
        refused(Spender.of(data).pay(500).raw(), Reason.INPUTS_GONE, "bad-txns-inputs-missingorspent");
    }

    @Test
    void theSameCoinTwiceInATransactionIsRefused() {
        TransactionRejectedException refused =
                refused(Spender.of(coin, coin).pay(1_500_000).raw());

        assertTrue(refused.getMessage().startsWith("bad-txns"), refused.getMessage());
    }

    @Test
    void theFloorIsExactToTheSatoshi() throws Exception {
        int vsize = Spender.vsize(spend().data(80).change(21).raw());
        assertEquals(202, vsize);

        // 202 vB at 100 sat/kvB are 20.2 sat; Bitcoin Core has rounded up since 28.
        refused(spend().data(80).change(20).raw(), Reason.FEE_TOO_LOW, "min relay fee not met, 20 < 21");
        node.transport().broadcast(spend().data(80).change(21).raw());
    }

    @Test
    void dustIsRefusedToTheSatoshi() throws Exception {
        Script key = ScriptBuilder.createP2PKHOutputScript(Spender.KEY);
        Script witnessScript = Script.parse(
                new ScriptBuilder().smallNum(0).data(new byte[32]).build().program());
        Script taproot = Script.parse(
                new ScriptBuilder().smallNum(1).data(new byte[32]).build().program());
        Script scriptHash = ScriptBuilder.createP2SHOutputScript(new byte[20]);

        refused(spend().pay(293).data(80).change(500).raw(), Reason.NOT_STANDARD, "dust");
        refused(spend().output(545, key).change(500).raw(), Reason.NOT_STANDARD, "dust");
        refused(spend().output(329, taproot).change(500).raw(), Reason.NOT_STANDARD, "dust");
        refused(spend().output(329, witnessScript).change(500).raw(), Reason.NOT_STANDARD, "dust");
        refused(spend().output(539, scriptHash).change(500).raw(), Reason.NOT_STANDARD, "dust");
        node.transport()
                .broadcast(spend().pay(294)
                        .output(546, key)
                        .output(330, taproot)
                        .output(330, witnessScript)
                        .output(540, scriptHash)
                        .data(80)
                        .change(500)
                        .raw());
    }

    @Test
    void formsThatNodesDoNotRelayAreRefused() {
        Script bare = new ScriptBuilder().op(ScriptOpCodes.OP_TRUE).build();
        Script code = new ScriptBuilder()
                .op(ScriptOpCodes.OP_RETURN)
                .op(ScriptOpCodes.OP_CHECKSIG)
                .build();

        refused(spend().output(1000, bare).change(500).raw(), Reason.NOT_STANDARD, "scriptpubkey");
        refused(spend().output(0, code).change(500).raw(), Reason.NOT_STANDARD, "scriptpubkey");
        refused(spend().data(80).change(500).version(4).raw(), Reason.NOT_STANDARD, "version");
        refused(spend().data(1).raw(), Reason.NOT_STANDARD, "tx-size-small");
    }

    @Test
    void anOldNodeCarriesOneOutputOfEightyBytes() throws Exception {
        node.node().change(TestNode.with(83, 1));

        refused(spend().data(81).change(500).raw(), Reason.NOT_STANDARD, "datacarrier");
        refused(spend().data(20).data(20).change(500).raw(), Reason.NOT_STANDARD, "multi-op-return");
        node.transport().broadcast(spend().data(80).change(500).raw());
        assertEquals(80, node.transport().policy().maxPayload());
        assertEquals(1, node.transport().policy().maxOutputs());
        assertEquals(83, node.transport().policy().maxScriptBytes());
    }

    @Test
    void aStockNodeCarriesManyOutputsAndItsLargestPayload() throws Exception {
        node.transport()
                .broadcast(spend().data(512).data(64).data(80).change(5000).raw());

        Utxo second = Spender.coins(node, 1, 1_000_000).get(0);
        int largest = node.transport().policy().maxPayload();
        node.transport()
                .broadcast(Spender.of(second).data(largest).change(20_000).raw());
        Utxo third = Spender.coins(node, 1, 1_000_000).get(0);
        byte[] tooLarge = Spender.of(third).data(99_950).change(20_000).raw();
        TransactionRejectedException refused = assertThrows(
                TransactionRejectedException.class, () -> node.transport().broadcast(tooLarge));
        assertEquals("tx-size", refused.getMessage());
    }

    @Test
    void theLargestPayloadFitsTheScriptLimitExactly() {
        // A push needs 1, 2, 3 or 5 bytes before its data, and OP_RETURN one.
        for (int limit : new int[] {2, 10, 77, 78, 79, 83, 258, 259, 260, 300, 65_539, 65_540, 65_545, 70_000}) {
            int largest = TestNode.with(limit, 1).policy(TestNode.FLOOR).maxPayload();
            int fill = largest == 0 ? 2 : Spender.dataScript(largest).program().length;
            assertTrue(fill <= limit, "limit " + limit);
            assertTrue(Spender.dataScript(largest + 1).program().length > limit, "limit " + limit);
        }
        assertEquals(0, TestNode.with(83, 0).policy(TestNode.FLOOR).maxPayload());
    }

    @Test
    void aLockTimeAheadIsRefused() throws Exception {
        int tip = node.ledger().tip().height();
        refused(spend().data(80).change(500).lockTime(tip + 1).raw(), Reason.OTHER, "non-final");
        refused(spend().data(80).change(500).sequence(3).raw(), Reason.OTHER, "non-BIP68-final");
        node.transport().broadcast(spend().data(80).change(500).lockTime(tip).raw());
    }

    @Test
    void bytesThatAreNoTransactionAreRefused() throws Exception {
        byte[] raw = spend().data(80).change(1000).raw();
        refused(new byte[0], Reason.OTHER, "TX decode failed");
        refused(Arrays.copyOf(raw, raw.length + 1), Reason.OTHER, "TX decode failed");
        for (int length = 1; length < raw.length; length++) {
            refused(Arrays.copyOf(raw, length));
        }
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] junk = new byte[random.nextInt(300)];
            random.nextBytes(junk);
            refused(junk);
        }
        refused(new byte[400_001], Reason.NOT_STANDARD, "tx-size");
    }
}

package org.partyline.transportbitcoinj;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bitcoinj.base.Sha256Hash;
import org.partyline.api.TxId;
import org.partyline.bitcointx.Hashes;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;

/** Creates any number of transactions that need no signatures: they spend outputs whose script is "true". */
final class Strangers {
    private static final long AMOUNT = 10_000;
    private static final int IN_ONE = 1700;
    private static final byte[] TRUE = {0x51};

    private Strangers() {}

    /** Transactions that the node accepts, each with its own coin; not sent yet. */
    static List<byte[]> make(RegtestNode node, int count) throws MalformedException {
        List<byte[]> made = new ArrayList<>();
        while (made.size() < count) {
            int coins = Math.min(IN_ONE, count - made.size());
            String funded = node.bank(
                            "fundrawtransaction", HexFormat.of().formatHex(unfunded(coins)), Map.of("fee_rate", 2))
                    .path("hex")
                    .asText();
            JsonNode signed = node.bank("signrawtransactionwithwallet", funded);
            byte[] raw = HexFormat.of().parseHex(signed.path("hex").asText());
            node.call("", "sendrawtransaction", signed.path("hex").asText());
            node.mine(1);
            TxView parent = TxView.of(raw);
            for (int i = 0; i < parent.outputCount() && made.size() < count; i++) {
                if (parent.amount(i) == AMOUNT) {
                    made.add(spend(parent.id(), i));
                }
            }
        }
        return made;
    }

    private static byte[] script() {
        return ByteBuffer.allocate(34)
                .put((byte) 0)
                .put((byte) 32)
                .put(Sha256Hash.hash(TRUE))
                .array();
    }

    private static byte[] unfunded(int outputs) {
        ByteBuffer out = ByteBuffer.allocate(20 + outputs * 43).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(2).put((byte) 0).put((byte) 0xfd).putShort((short) outputs);
        for (int i = 0; i < outputs; i++) {
            out.putLong(AMOUNT).put((byte) 34).put(script());
        }
        out.putInt(0);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] spend(TxId parent, int index) {
        ByteBuffer out = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(2).put((byte) 0).put((byte) 1).put((byte) 1);
        out.put(Hashes.internal(parent)).putInt(index).put((byte) 0).putInt(-3);
        out.put((byte) 1).putLong(AMOUNT - 1000).put((byte) 34).put(script());
        out.put((byte) 1).put((byte) 1).put(TRUE);
        out.putInt(0);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }
}

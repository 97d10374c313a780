package org.partyline.transportembedded;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bitcoinj.script.ScriptOpCodes;

/** Builds OP_RETURN scripts of any size: bitcoinj's builder stops at pushes of 65,535 bytes. */
final class DataScript {
    private DataScript() {}

    /** OP_RETURN and one push of the data, with the shortest length that holds it. */
    static byte[] of(byte[] data) {
        ByteBuffer script = ByteBuffer.allocate(6 + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) ScriptOpCodes.OP_RETURN);
        if (data.length < ScriptOpCodes.OP_PUSHDATA1) {
            script.put((byte) data.length);
        } else if (data.length <= 0xff) {
            script.put((byte) ScriptOpCodes.OP_PUSHDATA1).put((byte) data.length);
        } else if (data.length <= 0xffff) {
            script.put((byte) ScriptOpCodes.OP_PUSHDATA2).putShort((short) data.length);
        } else {
            script.put((byte) ScriptOpCodes.OP_PUSHDATA4).putInt(data.length);
        }
        byte[] bytes = new byte[script.put(data).flip().remaining()];
        script.get(bytes);
        return bytes;
    }
}

package org.partyline.consolesocket.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.partyline.consolesocket.wire.FrameType;
import org.partyline.consolesocket.wire.SocketFrame;

/**
 * The size of a terminal.
 *
 * @param columns characters in a line
 * @param rows lines
 */
public record TerminalSize(int columns, int rows) {
    static final TerminalSize USUAL = new TerminalSize(80, 24);

    /** Parses the output of {@code stty size}. */
    static TerminalSize of(String rowsAndColumns) {
        String[] numbers = rowsAndColumns.strip().split(" ");
        try {
            TerminalSize size = new TerminalSize(Integer.parseInt(numbers[1]), Integer.parseInt(numbers[0]));
            return size.columns > 0 && size.rows > 0 ? size : USUAL;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return USUAL;
        }
    }

    SocketFrame frame() {
        return SocketFrame.of(FrameType.SIZE, columns, rows);
    }

    SocketFrame console(String terminalType) {
        byte[] type = terminalType.getBytes(StandardCharsets.UTF_8);
        return new SocketFrame(
                FrameType.CONSOLE,
                ByteBuffer.allocate(2 * Integer.BYTES + type.length)
                        .putInt(columns)
                        .putInt(rows)
                        .put(type)
                        .array());
    }
}

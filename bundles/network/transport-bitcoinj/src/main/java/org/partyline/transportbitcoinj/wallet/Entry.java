package org.partyline.transportbitcoinj.wallet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;
import org.partyline.bitcointx.MalformedException;
import org.partyline.bitcointx.TxView;

/** A transaction that pays us or spends our coins, and its state. Guarded by the {@link WalletLedger}. */
final class Entry {
    private static final int FORMAT = 1;

    private final TxView view;
    private long order;
    private boolean seen;
    private Optional<BlockRef> block = Optional.empty();
    private Optional<BlockRef> beaten = Optional.empty();

    /** @param order newer ones have larger numbers */
    Entry(TxView view, long order) {
        this.view = view;
        this.order = order;
    }

    TxId id() {
        return view.id();
    }

    TxView view() {
        return view;
    }

    /** Its order of arrival: of two that spend the same coin, the newer one counts. */
    long order() {
        return order;
    }

    /** Whether it was seen in a mempool or a block; otherwise we signed it and nobody has it. */
    boolean seen() {
        return seen;
    }

    void seen(long newOrder) {
        seen = true;
        order = newOrder;
    }

    /** The block that contains it. */
    Optional<BlockRef> block() {
        return block;
    }

    void block(Optional<BlockRef> in) {
        block = in;
    }

    /** The block with another party's transaction that spends the same coin: this one will not be mined. */
    Optional<BlockRef> beaten() {
        return beaten;
    }

    void beaten(Optional<BlockRef> by) {
        beaten = by;
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(order);
            out.writeBoolean(seen);
            out.writeUTF(block.map(BlockRef::encode).orElse(""));
            out.writeUTF(beaten.map(BlockRef::encode).orElse(""));
            out.write(view.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Entry decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readUnsignedByte() != FORMAT) {
                throw new IllegalStateException("a wallet record has another format: use the version that wrote it");
            }
            long order = in.readLong();
            boolean seen = in.readBoolean();
            String block = in.readUTF();
            String beaten = in.readUTF();
            Entry entry = new Entry(TxView.of(in.readAllBytes()), order);
            entry.seen = seen;
            entry.block = block.isEmpty() ? Optional.empty() : Optional.of(BlockRef.parse(block));
            entry.beaten = beaten.isEmpty() ? Optional.empty() : Optional.of(BlockRef.parse(beaten));
            return entry;
        } catch (IOException | MalformedException e) {
            throw new IllegalStateException("a wallet record is damaged", e);
        }
    }
}

package org.partyline.consolesocket.wire;

import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;

/** A connection without another end. */
abstract class SocketChannelStub extends SocketChannel {
    SocketChannelStub() {
        super(null);
    }

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("this is a connection to nobody");
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        throw none();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        throw none();
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw none();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel shutdownInput() {
        throw none();
    }

    @Override
    public SocketChannel shutdownOutput() {
        throw none();
    }

    @Override
    public Socket socket() {
        throw none();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(SocketAddress remote) {
        throw none();
    }

    @Override
    public boolean finishConnect() {
        throw none();
    }

    @Override
    public SocketAddress getRemoteAddress() {
        throw none();
    }

    @Override
    public SocketAddress getLocalAddress() {
        throw none();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
        throw none();
    }

    @Override
    public int write(ByteBuffer bytes) {
        throw none();
    }

    @Override
    public long write(ByteBuffer[] parts, int offset, int length) {
        throw none();
    }

    @Override
    protected void implCloseSelectableChannel() {
        // There is nothing to close.
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        throw none();
    }
}

package org.partyline.shell.testing;

import java.util.EnumSet;
import org.apache.karaf.shell.api.console.Signal;
import org.apache.karaf.shell.api.console.SignalListener;
import org.apache.karaf.shell.api.console.Terminal;

/** A terminal with colours. */
record FakeTerminal(int width, int height) implements Terminal {
    @Override
    public String getType() {
        return "xterm-256color";
    }

    @Override
    public int getWidth() {
        return width;
    }

    @Override
    public int getHeight() {
        return height;
    }

    @Override
    public boolean isAnsiSupported() {
        return true;
    }

    @Override
    public boolean isEchoEnabled() {
        return true;
    }

    @Override
    public void setEchoEnabled(boolean enabled) {}

    @Override
    public void addSignalListener(SignalListener listener, Signal... signals) {}

    @Override
    public void addSignalListener(SignalListener listener, EnumSet<Signal> signals) {}

    @Override
    public void addSignalListener(SignalListener listener) {}

    @Override
    public void removeSignalListener(SignalListener listener) {}
}

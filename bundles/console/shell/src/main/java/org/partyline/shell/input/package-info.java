/** Inputs that several nouns share: secrets, files, networks. */
package org.partyline.shell.input;

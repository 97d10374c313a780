/** Inputs that several topics share: secrets, files, networks. */
package org.partyline.shell.input;

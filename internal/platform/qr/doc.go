// Package qr draws QR codes as SVG, which prints sharply at any size.
package qr

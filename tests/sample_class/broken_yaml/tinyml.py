def conv_macs(c_in, c_out, kernel, h_out, w_out):
    return c_in * c_out * kernel**2 * h_out * w_out
